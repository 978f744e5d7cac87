"""Chains of callbacks: `callbacks.py CALLBACKS`."""

import asyncio
import sys


def link(loop, future, left):
    if left:
        loop.call_soon(link, loop, future, left - 1)
    else:
        future.set_result(None)


async def chain(length):
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    loop.call_soon(link, loop, future, length)
    await future


async def main(count):
    await asyncio.gather(*(chain(count // 100) for _ in range(100)))


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
