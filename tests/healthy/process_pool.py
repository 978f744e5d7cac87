"""Computing where it belongs, while the loop goes on answering."""

import asyncio
import time
from concurrent.futures import ProcessPoolExecutor, wait


def largest_prime(seconds):
    candidate, largest = 3, 2
    finish = time.thread_time() + seconds
    while time.thread_time() < finish:
        if all(candidate % divisor for divisor in range(3, int(candidate**0.5) + 1, 2)):
            largest = candidate
        candidate += 2
    return largest


async def answer(count):
    for _ in range(count):
        await asyncio.sleep(0.02)
    return count


async def main(pool):
    loop = asyncio.get_running_loop()
    prime, answers = await asyncio.gather(loop.run_in_executor(pool, largest_prime, 0.4), answer(15))
    print(f"{answers} answers, prime found: {prime > 2}")


if __name__ == "__main__":
    with ProcessPoolExecutor(max_workers=1) as pool:
        wait([pool.submit(time.sleep, 0.01)])
        asyncio.run(main(pool))
