import asyncio
import time
from concurrent.futures import ThreadPoolExecutor


def upload(name):
    time.sleep(0.3)
    print(f"{name} uploaded")


async def backup(names):
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(max_workers=4) as pool:
        uploads = [loop.run_in_executor(pool, upload, name) for name in names]
    await asyncio.gather(*uploads)


async def progress_bar():
    for _ in range(8):
        await asyncio.sleep(0.05)
    print("=" * 8)


async def main():
    await asyncio.gather(backup(["a.jpg", "b.jpg", "c.jpg"]), progress_bar())


if __name__ == "__main__":
    asyncio.run(main())
