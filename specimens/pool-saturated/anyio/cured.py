import time

import anyio


def read_picture(number):
    time.sleep(0.2)
    return f"picture {number}"


async def thumbnail(limiter, number):
    picture = await anyio.to_thread.run_sync(read_picture, number, limiter=limiter)
    print(f"{picture} done")


async def main():
    limiter = anyio.CapacityLimiter(6)
    async with anyio.create_task_group() as group:
        for number in range(6):
            group.start_soon(thumbnail, limiter, number)


if __name__ == "__main__":
    anyio.run(main)
