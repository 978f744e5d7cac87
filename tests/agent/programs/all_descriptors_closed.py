import asyncio
import os

os.closerange(3, 4096)


async def main():
    await asyncio.sleep(0.3)
    first = os.open("/dev/null", os.O_RDONLY)
    print("descriptor", first)
    for _ in range(3):
        await asyncio.sleep(0.1)
        again = os.open("/dev/null", os.O_RDONLY)
        print("descriptor", again)
        os.close(again)


asyncio.run(main())
