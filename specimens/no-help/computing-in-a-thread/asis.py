import asyncio
import time

CPU_PER_PICTURE = 0.15


def shrink(number):
    total = number
    finish = time.thread_time() + CPU_PER_PICTURE
    while time.thread_time() < finish:
        total = (total + sum(pixel * number for pixel in range(365))) % 2_147_483_648
    return total


async def handle(number):
    await asyncio.sleep(0.02)
    return shrink(number)


async def main():
    pictures = await asyncio.gather(*(handle(number) for number in range(4)))
    print(f"{len(pictures)} pictures")


if __name__ == "__main__":
    asyncio.run(main())
