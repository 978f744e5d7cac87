import asyncio
import concurrent.futures
import time

pool = concurrent.futures.ThreadPoolExecutor(max_workers=2)


def measure(page):
    time.sleep(0.1)
    return len(page)


def lay_out(page):
    time.sleep(0.1)
    size = measure(page)
    return f"{page}: {size}"


async def main():
    loop = asyncio.get_running_loop()
    pages = [loop.run_in_executor(pool, lay_out, page) for page in ("cover", "index")]
    print(await asyncio.gather(*pages))


if __name__ == "__main__":
    asyncio.run(main())
