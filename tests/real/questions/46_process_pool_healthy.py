"""CPU work in processes: is the loop free?"""

import asyncio
import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor


def crunch(number):
    finish = time.process_time() + 0.3
    while time.process_time() < finish:
        number = (number * 1103515245 + 12345) % 2**31
    return number >= 0


async def heartbeat():
    for _ in range(20):
        await asyncio.sleep(0.03)


async def main():
    loop = asyncio.get_running_loop()
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=2, mp_context=context) as pool:
        jobs = [loop.run_in_executor(pool, crunch, number) for number in range(4)]
        print(await asyncio.gather(*jobs, heartbeat()))


if __name__ == "__main__":
    asyncio.run(main())
