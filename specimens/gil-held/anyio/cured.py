import re
import time

import anyio

TRAILING_SPACE = re.compile(r"\s+$")


def padded_line(seconds):
    """A line of blanks on which the pattern takes about so long: its cost grows with the square."""
    length = 2000
    started = time.perf_counter()
    TRAILING_SPACE.search(" " * length + "x")
    elapsed = time.perf_counter() - started
    return " " * int(length * (seconds / elapsed) ** 0.5) + "x"


async def clean(line):
    await anyio.sleep(0.02)
    started = time.perf_counter()
    stripped = line.rstrip()
    print(f"cleaned in {time.perf_counter() - started:.3f} s")
    return stripped


async def keep_alive(beats):
    for _ in range(beats):
        await anyio.sleep(0.05)
    print("still there")


async def main(line):
    async with anyio.create_task_group() as group:
        group.start_soon(clean, line)
        group.start_soon(keep_alive, 8)


if __name__ == "__main__":
    anyio.run(main, padded_line(0.3))
