"""My encoders wait for a licence server most of the time; six take six times as long as one."""

import asyncio
import os
import sys

ENCODER = "import time; time.sleep(0.2)"


async def encode(slots, clip):
    async with slots:
        process = await asyncio.create_subprocess_exec(sys.executable, "-S", "-E", "-c", ENCODER)
        return clip, await process.wait()


async def main():
    slots = asyncio.Semaphore(os.cpu_count())
    print(await asyncio.gather(*(encode(slots, f"clip{n}") for n in range(3 * os.cpu_count()))))


asyncio.run(main())
