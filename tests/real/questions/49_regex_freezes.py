"""One customer's text freezes the server for half a second; even threads stop."""

import asyncio
import re

PATTERN = re.compile(r"^(\w+\s?)*$")


async def validate(text):
    return bool(PATTERN.match(text))


async def heartbeat():
    for _ in range(30):
        await asyncio.sleep(0.02)


async def main():
    beating = asyncio.create_task(heartbeat())
    await asyncio.sleep(0.05)
    print(await validate("a" * 23 + "!"))
    await beating


asyncio.run(main())
