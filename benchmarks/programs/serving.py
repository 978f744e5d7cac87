"""What the servers of the benchmarks share: each says which process it is and where it listens, and serves until SIGINT."""

import asyncio
import contextlib
import os
import signal
import socket
import sys


def listening():
    """A socket on loopback, at a port that the system chose.

    Of one whose protocol is not given asyncio does not switch off Nagle's algorithm (`base_events._set_nodelay`): each
    answer in two pieces then takes 40 ms.
    """
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    made.bind(("127.0.0.1", 0))
    return made


def announce(ready, port):
    """Write process and port into the file `ready`, whole or not at all."""
    with open(ready + ".part", "w") as file:
        print(os.getpid(), port, file=file)
    os.rename(ready + ".part", ready)


async def aiohttp_application(app, ready):
    """Serve an aiohttp application for ever."""
    from aiohttp import web

    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    announce(ready, site._server.sockets[0].getsockname()[1])
    await asyncio.Event().wait()


async def uvicorn_application(app, ready, http="h11"):
    """Serve an ASGI application under uvicorn."""
    import uvicorn

    place = listening()
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False, http=http))
    serving = asyncio.ensure_future(server.serve([place]))
    while not server.started:
        await asyncio.sleep(0.01)
    announce(ready, place.getsockname()[1])
    await serving


def run(serve, loop="asyncio"):
    """Run the coroutine on the loop of that name, until SIGINT."""
    signal.signal(
        signal.SIGINT, signal.default_int_handler
    )  # what a shell starts in the background ignores it
    factory = None
    if loop == "uvloop":
        import uvloop

        factory = uvloop.new_event_loop
    with contextlib.suppress(KeyboardInterrupt):
        if factory is None:
            asyncio.run(serve)
        else:
            asyncio.run(serve, loop_factory=factory)
    sys.exit(0)
