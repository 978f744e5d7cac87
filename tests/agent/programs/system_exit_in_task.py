import asyncio
import atexit

atexit.register(print, "atexit")


async def leave():
    await asyncio.sleep(0)
    raise SystemExit("leaving with a message")


async def main():
    await asyncio.gather(leave(), asyncio.sleep(1))


asyncio.run(main())
