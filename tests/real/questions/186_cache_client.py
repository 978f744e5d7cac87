"""A rate limit is kept in a cache server, asked over one connection by a client from older days."""

import asyncio
import socket
import threading
import time


def cache_server(server):
    connection, _ = server.accept()
    file = connection.makefile("rwb")
    for line in file:
        time.sleep(0.03)
        file.write(b"counted " + line)
        file.flush()


class Client:
    def __init__(self, port):
        self.file = socket.create_connection(("127.0.0.1", port)).makefile("rwb")

    def count(self, key):
        self.file.write(key.encode() + b"\n")
        self.file.flush()
        return self.file.readline().decode().strip()


class Service:
    def __init__(self, port):
        self.cache = Client(port)

    async def handle(self, name):
        await asyncio.sleep(0.01)
        return self.cache.count(name)


async def main():
    server = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=cache_server, args=(server,), daemon=True).start()
    service = Service(server.getsockname()[1])
    print(await asyncio.gather(*(service.handle(f"user{n}") for n in range(8))))


asyncio.run(main())
