import asyncio
import zlib


def chunks(count):
    for number in range(count):
        yield b"%032d" % number


async def checksum(parts):
    value = 0
    for part in parts:
        value = zlib.crc32(part, value)
    return value


async def fetch_signature():
    await asyncio.sleep(0.15)
    return 0x7FD6A5B2


async def main():
    signature, value = await asyncio.gather(fetch_signature(), checksum(chunks(4000)))
    print(f"checksum {value:08x}, signed {signature:08x}")


if __name__ == "__main__":
    asyncio.run(main())
