import asyncio
import time
from concurrent.futures import ThreadPoolExecutor

pool = ThreadPoolExecutor(max_workers=3)


def scan_shelf(shelf):
    time.sleep(0.2)
    return f"{shelf}: 12 boxes"


async def count(shelf):
    scan = pool.submit(scan_shelf, shelf)
    print(scan.result())


async def main():
    await asyncio.gather(count("A"), count("B"), count("C"))


if __name__ == "__main__":
    asyncio.run(main())
