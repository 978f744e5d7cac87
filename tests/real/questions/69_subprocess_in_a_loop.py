"""ffmpeg-like conversions, one after the other though create_subprocess_exec is used."""

import asyncio
import sys


async def convert(name):
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-S", "-c", "import time; time.sleep(0.15)", stdout=asyncio.subprocess.PIPE
    )
    await process.communicate()
    return name


async def main():
    done = []
    for name in ["a.mp4", "b.mp4", "c.mp4", "d.mp4"]:
        done.append(await convert(name))
    print(done)


asyncio.run(main())
