"""gather without return_exceptions: after the first error the rest runs on unseen."""

import asyncio


async def sync_account(n):
    await asyncio.sleep(0.02 * n)
    if n == 2:
        raise ConnectionError("account 2")
    return n


async def main():
    try:
        await asyncio.gather(*(sync_account(n) for n in range(1, 8)))
    except ConnectionError as error:
        print("failed:", error)


asyncio.run(main())
