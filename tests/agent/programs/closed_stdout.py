import asyncio
import os
import sys


async def main():
    print("buffered")
    os.close(1)
    await asyncio.sleep(0.01)


asyncio.run(main())
