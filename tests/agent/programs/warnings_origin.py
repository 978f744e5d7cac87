# flags: -X dev
# The same with origin tracking, and sockets and loops left open.
import asyncio
import socket


async def work():
    pass


async def pending():
    while True:
        await asyncio.sleep(0)


async def main():
    work()
    one, two = socket.socketpair()
    one.close()
    reader, writer = await asyncio.open_connection(sock=two)
    asyncio.ensure_future(pending())


loop = asyncio.new_event_loop()
loop.run_until_complete(main())
