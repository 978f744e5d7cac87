import asyncio
import sys


async def main():
    loop = asyncio.get_running_loop()
    loop.call_soon(sys.exit, 7)
    try:
        await asyncio.sleep(1)
    finally:
        print("left", flush=True)


asyncio.run(main())
