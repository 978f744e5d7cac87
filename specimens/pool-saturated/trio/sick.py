import time

import trio


def read_picture(number):
    time.sleep(0.2)
    return f"picture {number}"


async def thumbnail(limiter, number):
    picture = await trio.to_thread.run_sync(read_picture, number, limiter=limiter)
    print(f"{picture} done")


async def main():
    limiter = trio.CapacityLimiter(2)
    async with trio.open_nursery() as nursery:
        for number in range(6):
            nursery.start_soon(thumbnail, limiter, number)


if __name__ == "__main__":
    trio.run(main)
