"""Three child processes at once, their output read as it comes."""

import asyncio
import sys


async def run(name, seconds):
    process = await asyncio.create_subprocess_exec(
        "sh",
        "-c",
        f"for i in 1 2 3; do echo {name} $i; sleep {seconds}; done",
        stdout=asyncio.subprocess.PIPE,
    )
    lines = 0
    async for line in process.stdout:
        lines += 1
    await process.wait()
    return lines


async def main():
    lines = await asyncio.gather(run("fast", 0.05), run("slow", 0.15), run("mid", 0.1))
    sys.stdout.write(f"{sum(lines)} lines\n")


if __name__ == "__main__":
    asyncio.run(main())
