"""aiofiles is many times slower than open()."""

import asyncio
import tempfile

import aiofiles


async def words(path):
    count = 0
    async with aiofiles.open(path) as file:
        while await file.read(16):
            count += 1
    return count


async def tick():
    for _ in range(10):
        await asyncio.sleep(0.02)


async def main():
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as text:
        text.write("sixteen letters!" * 4000)
        text.flush()
        counted, _ = await asyncio.gather(words(text.name), tick())
        print(counted)


asyncio.run(main())
