# asyncio without its C part.
import sys

sys.modules["_asyncio"] = None
import asyncio


async def inner(n):
    await asyncio.sleep(0.002)
    return n


async def main():
    print(asyncio.Task.__module__, asyncio.Task is asyncio.tasks._PyTask)
    print(await asyncio.gather(*(inner(n) for n in range(5))))
    loop = asyncio.get_running_loop()
    print(await loop.run_in_executor(None, sum, (1, 2)))
    await asyncio.wait_for(asyncio.sleep(1), 0.01)


asyncio.run(main())
