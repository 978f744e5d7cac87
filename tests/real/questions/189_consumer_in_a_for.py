"""My consumer works, but the health check is late whenever the broker is quiet."""

import asyncio
import socket
import threading
import time


def send_messages(listener):
    connection, _ = listener.accept()
    with connection:
        for number in range(10):
            time.sleep(0.1)
            connection.sendall(b"%d\n" % number)


class Consumer:
    def __init__(self, port):
        self.file = socket.create_connection(("127.0.0.1", port)).makefile()

    def __iter__(self):
        return self

    def __next__(self):
        line = self.file.readline()
        if not line:
            raise StopIteration
        return int(line)


async def process(message):
    await asyncio.sleep(0.01)
    return message


async def consume(port):
    total = 0
    for message in Consumer(port):
        total += await process(message)
    return total


async def health(late):
    while True:
        due = time.perf_counter() + 0.02
        await asyncio.sleep(0.02)
        late.append(time.perf_counter() - due)


async def main():
    listener = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=send_messages, args=(listener,), name="broker").start()
    late = []
    checking = asyncio.create_task(health(late))
    print(await consume(listener.getsockname()[1]), f"health check up to {max(late):.2f} s late")
    checking.cancel()
    listener.close()


asyncio.run(main())
