"""Where do my files get read?"""

import asyncio
import pathlib
import tempfile

import aiofiles


async def load(path):
    async with aiofiles.open(path, "rb") as file:
        return len(await file.read())


async def main():
    with tempfile.TemporaryDirectory() as folder:
        paths = [pathlib.Path(folder, f"{number}.bin") for number in range(6)]
        for path in paths:
            path.write_bytes(bytes(4_000_000))
        sizes, _ = await asyncio.gather(asyncio.gather(*map(load, paths)), asyncio.sleep(0.3))
        print(sizes)


asyncio.run(main())
