# Coroutines never awaited: forgotten, overwritten, in a callback, collected by gc, at exit.
import asyncio
import gc


async def work(n):
    return n


class Holder:
    pass


def drop():
    work(1)


async def main():
    work(2)
    drop()
    asyncio.get_running_loop().call_soon(work, 3)
    await asyncio.sleep(0.01)
    holder = Holder()
    holder.me, holder.coroutine = holder, work(4)
    del holder
    gc.collect()


asyncio.run(main())
kept = work(5)
