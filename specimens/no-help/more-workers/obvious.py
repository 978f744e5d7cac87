import asyncio
import time
from concurrent.futures import ThreadPoolExecutor

CPU_PER_CHAPTER = 0.1

pool = ThreadPoolExecutor(max_workers=8)


def count_words(chapter):
    total = chapter
    finish = time.thread_time() + CPU_PER_CHAPTER
    while time.thread_time() < finish:
        total = (total + sum(word * chapter for word in range(365))) % 2_147_483_648
    return total


async def main():
    loop = asyncio.get_running_loop()
    totals = await asyncio.gather(*(loop.run_in_executor(pool, count_words, number) for number in range(8)))
    print(f"{len(totals)} chapters")


if __name__ == "__main__":
    asyncio.run(main())
