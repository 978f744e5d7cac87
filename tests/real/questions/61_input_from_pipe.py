"""While the program waits for a line of the other program, no coroutine moves."""

import asyncio
import os
import threading
import time

reading, writing = os.pipe()


def other_program():
    for number in range(4):
        time.sleep(0.15)
        os.write(writing, f"line {number}\n".encode())
    os.close(writing)


async def follow():
    with open(reading) as lines:
        for line in lines:
            print(line.strip())
            await asyncio.sleep(0)


async def clock():
    for _ in range(20):
        await asyncio.sleep(0.02)


async def main():
    threading.Thread(target=other_program).start()
    await asyncio.gather(follow(), clock())


asyncio.run(main())
