import zlib

import trio


def chunks(count):
    for number in range(count):
        yield b"%032d" % number


async def checksum(parts):
    value = 0
    for part in parts:
        value = await trio.to_thread.run_sync(zlib.crc32, part, value)
    print(f"checksum {value:08x}")


async def fetch_signature():
    await trio.sleep(0.15)
    print("signature fetched")


async def main():
    async with trio.open_nursery() as nursery:
        nursery.start_soon(fetch_signature)
        nursery.start_soon(checksum, chunks(4000))


if __name__ == "__main__":
    trio.run(main)
