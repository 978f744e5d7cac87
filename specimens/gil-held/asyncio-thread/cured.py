import asyncio
import time
from concurrent.futures import ProcessPoolExecutor, wait


def digits(seconds):
    """The length of a sum that takes about so long: its cost grows with the number of terms."""
    started = time.perf_counter()
    sum(range(500_000))
    return int(500_000 * seconds / (time.perf_counter() - started))


def add_up(terms):
    started = time.perf_counter()
    total = sum(range(terms))
    print(f"added up in {time.perf_counter() - started:.3f} s", flush=True)
    return total


async def tick(count):
    for _ in range(count):
        await asyncio.sleep(0.02)
    print("ticked")


async def main(pool, terms):
    loop = asyncio.get_running_loop()
    await asyncio.gather(tick(25), loop.run_in_executor(pool, add_up, terms))


if __name__ == "__main__":
    with ProcessPoolExecutor(max_workers=1) as pool:
        wait([pool.submit(time.sleep, 0.01)])  # the worker is up
        asyncio.run(main(pool, digits(0.3)))
