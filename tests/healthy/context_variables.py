"""Every request knows its own number, in tasks and in threads."""

import asyncio
import contextvars
import time

request_number = contextvars.ContextVar("request_number")


def audit():
    time.sleep(0.1)
    return f"audited {request_number.get()}"


async def query():
    await asyncio.sleep(0.1)
    return f"queried for {request_number.get()}"


async def handle(number):
    request_number.set(number)
    return await asyncio.gather(query(), asyncio.to_thread(audit))


async def main():
    for answers in await asyncio.gather(*(handle(number) for number in range(4))):
        print(*answers)


if __name__ == "__main__":
    asyncio.run(main())
