import asyncio
import time
from concurrent.futures import ProcessPoolExecutor

CPU_PER_DOCUMENT = 0.15


def count_words(number):
    document = f"document {number} " * 40
    words = 0
    finish = time.thread_time() + CPU_PER_DOCUMENT
    while time.thread_time() < finish:
        words += len(document.split())
    return words


async def main():
    loop = asyncio.get_running_loop()
    with ProcessPoolExecutor(max_workers=2) as pool:
        await asyncio.gather(*(loop.run_in_executor(pool, count_words, number) for number in range(3)))


if __name__ == "__main__":
    asyncio.run(main())
