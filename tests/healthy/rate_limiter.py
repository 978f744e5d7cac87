"""A wanted limit: the service allows twenty calls a second, so they are started so far apart."""

import asyncio


async def call_service(number):
    await asyncio.sleep(0.2)
    return number * number


async def main():
    calls = []
    for number in range(10):
        calls.append(asyncio.ensure_future(call_service(number)))
        await asyncio.sleep(0.05)
    print(sum(await asyncio.gather(*calls)))


if __name__ == "__main__":
    asyncio.run(main())
