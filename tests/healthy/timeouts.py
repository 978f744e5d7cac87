"""One peer is too slow and is given up."""

import asyncio


async def call(peer, seconds):
    await asyncio.sleep(seconds)
    return f"{peer} answered"


async def call_or_give_up(peer, seconds):
    try:
        return await asyncio.wait_for(call(peer, seconds), timeout=0.3)
    except asyncio.TimeoutError:
        return f"{peer} timed out"


async def main():
    outcomes = await asyncio.gather(
        call_or_give_up("near", 0.1), call_or_give_up("far", 5.0), call_or_give_up("mid", 0.2)
    )
    print(outcomes)


if __name__ == "__main__":
    asyncio.run(main())
