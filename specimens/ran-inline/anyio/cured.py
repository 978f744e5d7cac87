import time

import anyio
from anyio import to_thread


def resize(picture):
    time.sleep(0.15)
    return f"{picture} small"


async def shrink(picture, done):
    done[picture] = (await to_thread.run_sync(resize, picture)).upper()


async def main():
    done = {}
    async with anyio.create_task_group() as tasks:
        for picture in ("cat", "dog", "owl", "fox"):
            tasks.start_soon(shrink, picture, done)
    print(sorted(done.values()))


if __name__ == "__main__":
    anyio.run(main)
