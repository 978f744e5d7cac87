"""All of my functions are `async def` and gathered; total time is the sum."""

import asyncio
import time


async def parse(document):
    finish = time.process_time() + 0.12
    words = 0
    while time.process_time() < finish:
        words += len(document.split())
    return words > 0


async def main():
    documents = [f"text {number} " * 50 for number in range(6)]
    print(await asyncio.gather(*(parse(document) for document in documents)))


asyncio.run(main())
