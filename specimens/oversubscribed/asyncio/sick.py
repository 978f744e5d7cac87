import asyncio
import hashlib
import os
import time
from concurrent.futures import ThreadPoolExecutor, wait

CORES = os.cpu_count() or 1
BLOCK = bytes(1_000_000)

pool = ThreadPoolExecutor(max_workers=40 * CORES)


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
        await asyncio.sleep(0.02)
        worst = max(worst, time.perf_counter() - started - 0.02)
    print(f"latest heartbeat {worst * 1000:.0f} ms late")


async def main():
    loop = asyncio.get_running_loop()
    files = [loop.run_in_executor(pool, fingerprint, number) for number in range(40 * CORES)]
    await asyncio.gather(heartbeat(), *files)
    print(f"{len(files)} files")


if __name__ == "__main__":
    wait([pool.submit(time.sleep, 0.05) for _ in range(40 * CORES)])  # all workers are up
    asyncio.run(main())
