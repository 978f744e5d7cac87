# Callbacks that do not like to be looked at.
import asyncio
import functools
import threading
from concurrent.futures import ThreadPoolExecutor
from unittest import mock


class Refuses:
    def __getattr__(self, name):
        raise KeyError(name)

    def __call__(self, *args):
        print("called", args)


class Pretends:
    """Says that it is a task, and is none."""

    @property
    def __class__(self):
        return asyncio.Task

    def __call__(self):
        print("pretends")


async def main():
    loop = asyncio.get_running_loop()
    loop.call_soon(Refuses(), 1)
    loop.call_later(0.001, Refuses(), 2)
    loop.call_soon_threadsafe(functools.partial(Refuses(), 3))
    loop.call_soon(Pretends())
    loop.call_soon(functools.partial(Pretends.__call__, Pretends()))
    loop.call_soon(mock.Mock(spec=asyncio.Task))
    loop.call_soon(mock.Mock())
    await asyncio.sleep(0.01)
    await loop.run_in_executor(None, Refuses(), 4)
    with ThreadPoolExecutor(1) as pool:
        pool.submit(Refuses(), 5).result()
        pool.submit(Refuses(), 5.5).result()
    thread = threading.Thread(target=Refuses(), args=(6,), name="odd")
    thread.start()
    thread.join()


asyncio.run(main())
