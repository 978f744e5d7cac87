"""The device answers within 50 ms, its own log says so; my client says TimeoutError now and then."""

import asyncio
import socket
import threading
import time


def device(listening):
    connection, _ = listening.accept()
    with connection:
        connection.recv(100)
        time.sleep(0.05)
        connection.sendall(b"21.5\n")
        connection.recv(100)


async def temperature(port):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"temperature\n")
    try:
        async with asyncio.timeout(0.2):
            return await reader.readline()
    except TimeoutError:
        return b"timed out"
    finally:
        writer.close()


async def save():
    await asyncio.sleep(0.005)
    time.sleep(0.4)


async def main():
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen()
    thread = threading.Thread(target=device, args=(listening,))
    thread.start()
    print(await asyncio.gather(temperature(listening.getsockname()[1]), save()))
    await asyncio.to_thread(thread.join)


asyncio.run(main())
