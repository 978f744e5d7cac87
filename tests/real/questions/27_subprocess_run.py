"""Converting a video in my bot's command makes the bot appear offline."""

import asyncio
import subprocess
import sys


def convert(name):
    done = subprocess.run(
        [sys.executable, "-I", "-c", "import time; time.sleep(0.4); print('mp4')"],
        capture_output=True,
        text=True,
    )
    return f"{name}.{done.stdout.strip()}"


async def command(name):
    return convert(name)


async def heartbeat():
    for _ in range(20):
        await asyncio.sleep(0.02)


async def main():
    print(await asyncio.gather(command("film"), heartbeat()))


asyncio.run(main())
