"""Runs a program on uvloop: `python tests/with_uvloop.py program.py [args...]`."""

import asyncio
import os
import runpy
import sys

import uvloop

if __name__ == "__main__":
    del sys.argv[0]
    sys.path[0] = os.path.dirname(os.path.abspath(sys.argv[0]))
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    runpy.run_path(sys.argv[0], run_name="__main__")
