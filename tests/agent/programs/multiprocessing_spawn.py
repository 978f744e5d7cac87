import asyncio
import multiprocessing
import os
import sys
from concurrent.futures import ProcessPoolExecutor


def child(n):
    if n == 2:
        raise ValueError("two")
    return n * n, sys.path == sys.path and "ASYNCWHY_STREAM" in os.environ


async def main(context):
    loop = asyncio.get_running_loop()
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        print(await loop.run_in_executor(pool, child, 1))
        try:
            await loop.run_in_executor(pool, child, 2)
        except ValueError as error:
            print(type(error.__cause__).__name__, str(error.__cause__).count("asyncwhy"))


if __name__ == "__main__":
    asyncio.run(main(multiprocessing.get_context("spawn")))
