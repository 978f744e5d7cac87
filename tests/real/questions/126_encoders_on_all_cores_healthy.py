"""As many encoders at a time as there are cores; would a higher limit be faster?"""

import asyncio
import os
import sys

ENCODER = """
import zlib
data = b"".join(b"%d frame" % (n % 977) for n in range(400_000))
for _ in range(4):
    print(len(zlib.compress(data, 9)), flush=True)
"""


async def encode(slots, clip):
    async with slots:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-S", "-E", "-c", ENCODER, stdout=asyncio.subprocess.PIPE
        )
        sizes = [int(line) async for line in process.stdout]
        return clip, sizes[-1], await process.wait()


async def main():
    slots = asyncio.Semaphore(os.cpu_count())
    print(await asyncio.gather(*(encode(slots, f"clip{n}") for n in range(3 * os.cpu_count()))))


asyncio.run(main())
