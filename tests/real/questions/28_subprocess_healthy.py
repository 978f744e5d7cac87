"""Four conversions at once, by asyncio's subprocesses."""

import asyncio
import sys


async def convert(name):
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-I",
        "-S",
        "-c",
        "import time; time.sleep(0.4); print('mp4')",
        stdout=asyncio.subprocess.PIPE,
    )
    output, _ = await process.communicate()
    return f"{name}.{output.decode().strip()}"


async def main():
    print(await asyncio.gather(*(convert(f"film-{number}") for number in range(4))))


asyncio.run(main())
