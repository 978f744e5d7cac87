import hashlib
import os
import time

import trio

CORES = os.cpu_count() or 1
BLOCK = bytes(1_000_000)
desks = trio.CapacityLimiter(CORES)


def fingerprint(number):
    digest = hashlib.sha256(str(number).encode())
    finish = time.thread_time() + 0.012
    while time.thread_time() < finish:
        digest.update(BLOCK)  # hashlib lets go of the interpreter lock
    return digest.hexdigest()


async def heartbeat():
    worst = 0.0
    for _ in range(20):
        started = time.perf_counter()
        await trio.sleep(0.02)
        worst = max(worst, time.perf_counter() - started - 0.02)
    print(f"latest heartbeat {worst * 1000:.0f} ms late")


async def file(number):
    await trio.to_thread.run_sync(fingerprint, number, limiter=desks)


async def main():
    async with trio.open_nursery() as nursery:
        nursery.start_soon(heartbeat)
        for number in range(40 * CORES):
            nursery.start_soon(file, number)
    print(f"{40 * CORES} files")


if __name__ == "__main__":
    trio.run(main)
