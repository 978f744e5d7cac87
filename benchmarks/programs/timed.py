"""Runs a program as `python` would, and writes to a file the seconds during which any of its loops ran.

python timed.py FILE PROGRAM: its own imports come before the first loop, so they are not counted.
"""

import asyncio
import os
import runpy
import sys
import threading
import time

out, sys.argv = sys.argv[1], sys.argv[2:]
sys.path[0] = os.path.dirname(os.path.abspath(sys.argv[0]))
lock = threading.Lock()
seen = {"running": 0, "since": 0.0, "inside": 0.0}


def change(by):
    with lock:
        now = time.perf_counter()
        seen["inside"] += now - seen["since"] if seen["running"] else 0.0
        seen["running"] += by
        seen["since"] = now


def timed(function):
    def run(*arguments, **options):
        change(+1)
        try:
            return function(*arguments, **options)
        finally:
            change(-1)

    return run


asyncio.BaseEventLoop.run_forever = timed(asyncio.BaseEventLoop.run_forever)
try:
    import trio
except ImportError:
    pass
else:
    trio.run = timed(trio.run)

try:
    runpy.run_path(sys.argv[0], run_name="__main__")
finally:
    change(0)
    with open(out, "w") as file:
        file.write(str(seen["inside"]))
