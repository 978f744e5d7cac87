import asyncio
import time
from concurrent.futures import ProcessPoolExecutor, wait

CPU_PER_MESSAGE = 0.002


def score(message):
    total = 0
    finish = time.thread_time() + CPU_PER_MESSAGE
    while time.thread_time() < finish:
        total = (total + sum(byte * message for byte in range(500))) % 65_521
    return total


def score_all(messages):
    return [score(message) for message in messages]


async def receive(message):
    await asyncio.sleep(0.01 * (message % 10))
    return message


async def main(pool):
    loop = asyncio.get_running_loop()
    messages = await asyncio.gather(*(receive(message) for message in range(200)))
    halves = messages[:100], messages[100:]
    scores = await asyncio.gather(*(loop.run_in_executor(pool, score_all, half) for half in halves))
    print(f"{sum(map(len, scores))} messages scored")


if __name__ == "__main__":
    with ProcessPoolExecutor(max_workers=2) as pool:
        wait([pool.submit(time.sleep, 0.02) for _ in range(2)])  # both workers are up
        asyncio.run(main(pool))
