"""An aiohttp server as people write it: one handler computes, one sends work to threads, one is right."""

import asyncio
import sys
import time

from aiohttp import web


def layout(number):
    finish = time.thread_time() + 0.08
    while time.thread_time() < finish:  # a system call, after which the machine takes to other threads
        sum(range(200_000))
    return f"page {number}"


def read_archive(number):
    time.sleep(0.1)
    return f"archive {number}"


async def price(request):
    return web.Response(text=layout(request.match_info["number"]))


async def report(request):
    return web.Response(text=await asyncio.to_thread(read_archive, request.match_info["number"]))


async def healthy(request):
    await asyncio.sleep(0.05)
    return web.Response(text=request.match_info["number"])


def announce(where):
    print(f"running on {where}", file=sys.stderr, flush=True)


async def main():
    app = web.Application()
    app.add_routes(
        [web.get(f"/{handler.__name__}/{{number}}", handler) for handler in (price, report, healthy)]
    )
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    announce(f"http://127.0.0.1:{runner.addresses[0][1]}")
    try:
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except KeyboardInterrupt:
        pass
