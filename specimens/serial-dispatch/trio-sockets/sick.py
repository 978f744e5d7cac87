import trio


async def look_up(key):
    await trio.sleep(0.1)
    return f"{key} = 42\n".encode()


async def lines(stream):
    rest = b""
    async for data in stream:
        *whole, rest = (rest + data).split(b"\n")
        for line in whole:
            yield line.decode()


async def serve(stream):
    async for line in lines(stream):
        found = await look_up(line)
        await stream.send_all(found)
    await stream.aclose()


async def ask(port):
    stream = await trio.open_tcp_stream("127.0.0.1", port)
    await stream.send_all(b"".join(b"key %d\n" % number for number in range(7)))
    await stream.send_eof()
    answers = [answer async for answer in stream]
    await stream.aclose()
    return b"".join(answers).count(b"\n")


async def main():
    async with trio.open_nursery() as nursery:
        (listener,) = await trio.open_tcp_listeners(0, host="127.0.0.1")
        nursery.start_soon(trio.serve_listeners, serve, [listener])
        print(await ask(listener.socket.getsockname()[1]), "answers")
        nursery.cancel_scope.cancel()


if __name__ == "__main__":
    trio.run(main)
