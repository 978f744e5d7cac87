"""A heartbeat beside the work, ended properly."""

import asyncio


async def heartbeat(beats):
    while True:
        beats.append("tick")
        await asyncio.sleep(0.05)


async def job(seconds):
    await asyncio.sleep(seconds)
    return seconds


async def main():
    beats = []
    pulse = asyncio.ensure_future(heartbeat(beats))
    await asyncio.gather(job(0.5), job(0.3), job(0.4))
    pulse.cancel()
    try:
        await pulse
    except asyncio.CancelledError:
        pass
    print(f"{len(beats) > 5} heartbeats")


if __name__ == "__main__":
    asyncio.run(main())
