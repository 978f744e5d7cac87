"""Runs a program with a peer that wants to be called by the program: `python inside.py PEER program args`."""

import asyncio
import os
import runpy
import sys
import tempfile
from contextlib import asynccontextmanager


@asynccontextmanager
async def aiocop():
    import aiocop

    aiocop.patch_audit_functions()
    aiocop.start_blocking_io_detection()
    aiocop.detect_slow_tasks(threshold_ms=30, on_slow_task=lambda event: None)
    aiocop.activate()
    yield


def blockbuster():
    from blockbuster import BlockBuster

    BlockBuster().activate()


@asynccontextmanager
async def event_loop_monitor():
    from asyncio_event_loop_monitor import event_loop_monitor_ctx

    with event_loop_monitor_ctx(threshold_ms=50.0):
        yield


def aiodebug():
    import aiodebug.log_slow_callbacks

    aiodebug.log_slow_callbacks.enable(0.05, lambda name, duration: None)


@asynccontextmanager
async def loopsentry():
    from loopsentry import LoopSentry

    sentry = LoopSentry(base_dir=tempfile.mkdtemp(), threshold=0.1)
    sentry.start()
    try:
        yield
    finally:
        sentry.stop()


def pyleak():
    from pyleak import no_event_loop_blocking

    return no_event_loop_blocking(action="log", threshold=0.1)


def around_main(manager):
    """Enter the peer's own context inside the loop, as its users do in their `main`."""
    run = asyncio.run

    def observed(main, **named):
        async def inside():
            async with manager():
                return await main

        return run(inside(), **named)

    asyncio.run = observed


if __name__ == "__main__":
    peer, program = sys.argv[1:3]
    del sys.argv[:2]
    sys.path[0] = os.path.dirname(program)
    if peer in ("aiocop", "event_loop_monitor", "loopsentry", "pyleak"):
        around_main(globals()[peer])
    else:
        globals()[peer]()
    runpy.run_path(program, run_name="__main__")
