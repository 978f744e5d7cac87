import anyio
from anyio.streams.buffered import BufferedByteReceiveStream


async def look_up(key):
    await anyio.sleep(0.1)
    return f"{key} = 42\n".encode()


async def answer(stream, line, sending):
    found = await look_up(line.decode())
    async with sending:
        await stream.send(found)


async def serve(stream):
    received = BufferedByteReceiveStream(stream)
    sending = anyio.Lock()
    async with anyio.create_task_group() as group:
        while True:
            try:
                line = await received.receive_until(b"\n", 100)
            except anyio.IncompleteRead:
                break
            group.start_soon(answer, stream, line, sending)


async def ask(port):
    async with await anyio.connect_tcp("127.0.0.1", port) as stream:
        await stream.send(b"".join(b"key %d\n" % number for number in range(7)))
        received = BufferedByteReceiveStream(stream)
        return [await received.receive_until(b"\n", 100) for _ in range(7)]


async def main():
    async with anyio.create_task_group() as group:
        listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
        group.start_soon(listener.serve, serve)
        port = listener.extra(anyio.abc.SocketAttribute.local_port)
        print(len(await ask(port)), "answers")
        group.cancel_scope.cancel()


if __name__ == "__main__":
    anyio.run(main)
