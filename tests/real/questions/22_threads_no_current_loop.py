"""RuntimeError: There is no current event loop in thread 'jobs_0'.  On which thread do I run?"""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor

jobs = ThreadPoolExecutor(max_workers=2, thread_name_prefix="jobs")


def nightly(name):
    time.sleep(0.1)
    try:
        asyncio.get_running_loop()
    except RuntimeError as error:
        return f"{name}: {error}"


async def main():
    loop = asyncio.get_running_loop()
    futures = [loop.run_in_executor(jobs, nightly, name) for name in ("clean", "index")]
    print(await asyncio.gather(*futures))


asyncio.run(main())
jobs.shutdown()
