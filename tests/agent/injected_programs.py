"""Programs that come to what the agent guards, by the module or the function of it; each prints `end` and no more."""

from __future__ import annotations

_ASYNCIO = """
import asyncio


async def main():
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda *_: None)
    loop.set_debug(True)
    loop.slow_callback_duration = 60
    await asyncio.gather(*(asyncio.sleep(0.01) for _ in range(3)))
    loop.create_future().set_exception(ValueError())
    asyncio.ensure_future(asyncio.sleep(60))
    await asyncio.sleep(0.01)

asyncio.run(main())
print("end")
"""
_PRIMITIVES = """
import asyncio, anyio, tornado.queues

async def hold(lock):
    async with lock:
        await asyncio.sleep(0.005)

async def main():
    lock, queue = asyncio.Lock(), asyncio.Queue(1)
    await asyncio.gather(*(hold(lock) for _ in range(3)))
    await asyncio.gather(*(queue.put(n) for n in range(3)), *(queue.get() for _ in range(3)))
    limiter, semaphore = anyio.CapacityLimiter(2), anyio.Semaphore(1)
    limiter.total_tokens = 1
    await asyncio.gather(*(hold(limiter) for _ in range(3)), *(hold(semaphore) for _ in range(3)))
    items = tornado.queues.Queue()
    await items.put(1)
    await asyncio.sleep(0.005)
    await items.get()

asyncio.run(main())
print("end")
"""
_THREADS_OF_ANYIO = """
import anyio

async def main():
    await anyio.to_thread.run_sync(int, "7")

anyio.run(main)
print("end")
"""
_PROCESSES = """
import asyncio, os, subprocess, sys
from concurrent.futures import ProcessPoolExecutor

async def main():
    with ProcessPoolExecutor(1) as pool:
        await asyncio.get_running_loop().run_in_executor(pool, int, "7")

if __name__ == "__main__":
    asyncio.run(main())
    subprocess.call([sys.executable, "-S", "-c", "pass"], env=dict(os.environ))
    print("end")
"""
_CONNECTIONS = """
import asyncio

async def answers(reader, writer):
    while data := await reader.read(99):
        writer.write(data)
    writer.close()

async def main():
    server = await asyncio.start_server(answers, "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    for _ in range(3):
        writer.write(b"x")
        await reader.read(99)
    writer.close()
    # One whose other end is of another process.
    program = "import socket; one = socket.create_connection(('127.0.0.1', %d)); one.send(b'x'); one.recv(9)"
    port = server.sockets[0].getsockname()[1]
    process = await asyncio.create_subprocess_exec(sys.executable, "-S", "-c", program % port)
    await process.wait()
    server.close()

import sys
asyncio.run(main())
print("end")
"""
_TRIO = """
import trio

async def answers(stream):
    async for data in stream:
        await stream.send_all(data)

async def main():
    (listener,) = await trio.open_tcp_listeners(0, host="127.0.0.1")
    async with trio.open_nursery() as nursery:
        nursery.start_soon(trio.serve_listeners, answers, [listener])
        port = listener.socket.getsockname()[1]
        async with await trio.open_tcp_stream("127.0.0.1", port) as stream:
            await stream.send_all(b"x")
            await stream.receive_some(9)
        token = trio.lowlevel.current_trio_token()
        await trio.to_thread.run_sync(lambda: token.run_sync_soon(int, "7"))
        await trio.sleep(0.01)
        nursery.cancel_scope.cancel()

trio.run(main)
print("end")
"""
_UVLOOP = """
import asyncio, uvloop

class Sleeping:  # what is no coroutine of CPython's own, the C recorder leaves to Python
    def __init__(self):
        self.sleep = asyncio.sleep(0.02).__await__()

    def __await__(self):
        return self

    def __next__(self):
        return next(self.sleep)

async def main():
    await asyncio.gather(*(asyncio.sleep(0.02) for _ in range(3)))
    await Sleeping()

loop = uvloop.new_event_loop()
loop.run_until_complete(main())
loop.close()
print("end")
"""
_HANDLER = """
import asyncio, fastapi

app = fastapi.FastAPI()

@app.get("/")
async def root():
    return 7

async def receive():
    return {"type": "http.request", "body": b"", "more_body": False}

async def send(message):
    pass

async def main():
    scope = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
             "path": "/", "raw_path": b"/", "query_string": b"", "headers": [], "root_path": "",
             "server": ("here", 80), "client": ("here", 1)}
    await app(scope, receive, send)

asyncio.run(main())
print("end")
"""
_POOL = """
import asyncio

async def main():
    await asyncio.get_running_loop().run_in_executor(None, int, "7")

asyncio.run(main())
print("end")
"""

#: Of a module of the agent's; a function's own program goes first.
REACHES = (
    {
        "agent": _POOL,
        "contended": _PRIMITIVES,
        "endings": _ASYNCIO,
        "handlers": _HANDLER,
        "pools": _PROCESSES,
        "processes": _PROCESSES,
        "sockets": _CONNECTIONS,
        "touches": _ASYNCIO,
        "trio_hooks": _TRIO,
        "uvloop_hooks": _UVLOOP,
    }
    | dict.fromkeys(("_anyio_job", "_anyio_sent", "_anyio_began"), _THREADS_OF_ANYIO)
    | dict.fromkeys(("_accepted", "_made", "_moved"), _TRIO)
)
#: What they import beside the standard library.
NEEDS = (
    {
        "contended": ("anyio", "tornado"),
        "handlers": ("fastapi",),
        "trio_hooks": ("trio",),
        "uvloop_hooks": ("uvloop",),
    }
    | dict.fromkeys(("_anyio_job", "_anyio_sent", "_anyio_began"), ("anyio",))
    | dict.fromkeys(("_accepted", "_made", "_moved"), ("trio",))
)
