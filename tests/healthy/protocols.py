"""Transports and protocols instead of streams, as servers made for uvloop have them."""

import asyncio


class Counter(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport
        self.received = 0

    def data_received(self, data):
        self.received += data.count(b"\n")
        self.transport.write(b"%d\n" % self.received)


class Caller(asyncio.Protocol):
    def __init__(self, lines, finished):
        self.lines = lines
        self.finished = finished

    def connection_made(self, transport):
        self.transport = transport
        transport.write(b"line\n")

    def data_received(self, data):
        self.lines -= 1
        if self.lines:
            asyncio.get_running_loop().call_later(0.01, self.transport.write, b"line\n")
        else:
            self.transport.close()
            self.finished.set_result(data)


async def call(port):
    loop = asyncio.get_running_loop()
    finished = loop.create_future()
    await loop.create_connection(lambda: Caller(20, finished), "127.0.0.1", port)
    return int(await finished)


async def main():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Counter, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    print(await asyncio.gather(*(call(port) for _ in range(10))))
    server.close()
    await server.wait_closed()


if __name__ == "__main__":
    asyncio.run(main())
