# What freezegun, gevent and tests do to the standard library.
import asyncio
import builtins
import json
import os
import threading
import time

real = time.monotonic


def refuse(*_, **__):
    raise AssertionError("patched")


async def main():
    await asyncio.sleep(0.01)
    time.sleep = time.time = time.monotonic_ns = time.perf_counter = time.thread_time_ns = refuse
    threading.get_ident_was, json.dumps = threading.get_ident, refuse
    os.open = os.write = os.close = os.getpid = os.listdir = refuse
    builtins.id = builtins.getattr_was = refuse
    builtins.isinstance_was = isinstance
    await asyncio.sleep(0.3)
    print("slept")
    time.monotonic = lambda: 12345.0
    loop = asyncio.get_running_loop()
    loop.call_soon(print, "called at", loop.time())
    await asyncio.sleep(0)
    time.monotonic = real
    await asyncio.sleep(0.01)


asyncio.run(main())
