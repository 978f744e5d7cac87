"""Works until a signal tells it to stop."""

import asyncio
import os
import signal


async def worker(name, stopping, log):
    while not stopping.is_set():
        try:
            await asyncio.wait_for(stopping.wait(), timeout=0.06)
        except asyncio.TimeoutError:
            log.append(name)


async def main():
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGUSR1, stopping.set)
    loop.call_later(0.4, os.kill, os.getpid(), signal.SIGUSR1)
    log = []
    await asyncio.gather(worker("a", stopping, log), worker("b", stopping, log))
    print(f"stopped, {len(log) > 4}")


if __name__ == "__main__":
    asyncio.run(main())
