import asyncio
import time
from concurrent.futures import ThreadPoolExecutor

pool = ThreadPoolExecutor(max_workers=2, thread_name_prefix="thumbnails")


def read_picture(number):
    time.sleep(0.2)
    return f"picture {number}"


async def thumbnail(number):
    loop = asyncio.get_running_loop()
    picture = await loop.run_in_executor(pool, read_picture, number)
    print(f"{picture} done")


async def main():
    await asyncio.gather(*(thumbnail(number) for number in range(6)))


if __name__ == "__main__":
    asyncio.run(main())
