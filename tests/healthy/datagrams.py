"""A name service over UDP, asked by twelve clients at once."""

import asyncio

NAMES = {b"ada": b"10.0.0.1", b"bob": b"10.0.0.2"}


class NameService(asyncio.DatagramProtocol):
    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, address):
        answer = NAMES.get(data, b"unknown")
        asyncio.get_running_loop().call_later(0.2 + len(data) * 0.02, self.transport.sendto, answer, address)


class Question(asyncio.DatagramProtocol):
    def __init__(self, answer):
        self.answer = answer

    def datagram_received(self, data, address):
        self.answer.set_result(data.decode())


async def resolve(port, name):
    loop = asyncio.get_running_loop()
    answer = loop.create_future()
    transport, _ = await loop.create_datagram_endpoint(
        lambda: Question(answer), remote_addr=("127.0.0.1", port)
    )
    transport.sendto(name)
    try:
        return await asyncio.wait_for(answer, timeout=2)
    finally:
        transport.close()


async def main():
    loop = asyncio.get_running_loop()
    service, _ = await loop.create_datagram_endpoint(NameService, local_addr=("127.0.0.1", 0))
    port = service.get_extra_info("sockname")[1]
    print(await asyncio.gather(*(resolve(port, name) for name in (b"ada", b"bob", b"eva", b"charles") * 3)))
    service.close()


if __name__ == "__main__":
    asyncio.run(main())
