import zlib

import anyio


def chunks(count):
    for number in range(count):
        yield b"%032d" % number


async def checksum(parts):
    value = 0
    for part in parts:
        value = zlib.crc32(part, value)
    print(f"checksum {value:08x}")


async def fetch_signature():
    await anyio.sleep(0.15)
    print("signature fetched")


async def main():
    async with anyio.create_task_group() as group:
        group.start_soon(fetch_signature)
        group.start_soon(checksum, chunks(4000))


if __name__ == "__main__":
    anyio.run(main)
