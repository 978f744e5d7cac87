# An error is freed as soon as nobody has it, without the collector: its traceback leads to the frames below, and those
# must not lead back to what was awaited.
# needs: uvloop
import asyncio
import gc
import weakref

import uvloop

gc.disable()


class Told(Exception):
    pass


async def waits(held):
    await held.pop()


async def main():
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    task = loop.create_task(waits([future]))
    await asyncio.sleep(0)
    loop.call_soon(future.set_exception, Told())
    del future
    seen = None
    try:
        await task
    except Told as error:
        seen = weakref.ref(error)
    del task
    await asyncio.sleep(0)
    print(type(loop).__module__, "freed", seen() is None)


for loop in (asyncio.new_event_loop(), uvloop.new_event_loop()):
    loop.run_until_complete(main())
    loop.close()
