"""I moved the computation to processes and it became slower."""

import asyncio
from concurrent.futures import ProcessPoolExecutor


def square(number):
    return number * number


async def main():
    loop = asyncio.get_running_loop()
    with ProcessPoolExecutor(max_workers=2) as pool:
        total = 0
        for number in range(1500):
            total += await loop.run_in_executor(pool, square, number)
    print(total)


if __name__ == "__main__":
    asyncio.run(main())
