import asyncio
import os


async def main():
    os.mkdir("deeper")
    os.chdir("deeper")
    await asyncio.sleep(0.01)
    os.rmdir("../deeper")
    await asyncio.sleep(0.01)
    raise OSError("in a folder that is gone")


asyncio.run(main())
