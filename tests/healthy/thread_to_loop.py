"""Another thread hands values to the loop, through the thread-safe call."""

import asyncio
import threading
import time


def read_scanner(loop, codes):
    for number in range(5):
        time.sleep(0.08)
        loop.call_soon_threadsafe(codes.put_nowait, f"code {number}")
    loop.call_soon_threadsafe(codes.put_nowait, None)


async def main():
    codes = asyncio.Queue()
    loop = asyncio.get_running_loop()
    scanner = threading.Thread(target=read_scanner, args=(loop, codes), name="scanner")
    scanner.start()
    while True:
        code = await codes.get()
        if code is None:
            break
        print(code)


if __name__ == "__main__":
    asyncio.run(main())
