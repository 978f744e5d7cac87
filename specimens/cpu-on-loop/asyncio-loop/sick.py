import asyncio
import time

CPU_PER_DOCUMENT = 0.15


async def count_words(number):
    document = f"document {number} " * 40
    words = 0
    started = time.perf_counter()
    finish = time.thread_time() + CPU_PER_DOCUMENT
    while time.thread_time() < finish:
        words += len(document.split())
    print(f"document {number} counted in {time.perf_counter() - started:.3f} s")
    return words


async def main():
    await asyncio.gather(*(count_words(number) for number in range(3)))


if __name__ == "__main__":
    asyncio.run(main())
