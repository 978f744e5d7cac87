import asyncio
import time
from concurrent.futures import ThreadPoolExecutor

executor = ThreadPoolExecutor(max_workers=4)


def read_page(number):
    time.sleep(0.15)
    return f"page {number}"


async def load_page(number):
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(executor, read_page, number)


async def main():
    pages = await asyncio.gather(*(load_page(number) for number in range(4)))
    print(", ".join(pages))


if __name__ == "__main__":
    asyncio.run(main())
