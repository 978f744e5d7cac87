"""With few jobs it works, with many it hangs until the timeouts."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor, TimeoutError

pool = ThreadPoolExecutor(max_workers=3)


def download(url):
    time.sleep(0.05)
    return len(url)


def build(site):
    time.sleep(0.05)
    part = pool.submit(download, f"{site}/index")
    try:
        return part.result(timeout=0.6)
    except TimeoutError:
        return None


async def main():
    loop = asyncio.get_running_loop()
    print(await asyncio.gather(*(loop.run_in_executor(pool, build, f"site-{n}") for n in range(3))))


asyncio.run(main())
pool.shutdown()
