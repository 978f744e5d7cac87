import asyncio
import time


def digits(seconds):
    """The length of a sum that takes about so long: its cost grows with the number of terms."""
    started = time.perf_counter()
    sum(range(500_000))
    return int(500_000 * seconds / (time.perf_counter() - started))


def add_up(terms):
    started = time.perf_counter()
    total = sum(range(terms))
    print(f"added up in {time.perf_counter() - started:.3f} s")
    return total


async def tick(count):
    for _ in range(count):
        await asyncio.sleep(0.02)
    print("ticked")


async def main(terms):
    await asyncio.gather(tick(25), asyncio.to_thread(add_up, terms))


if __name__ == "__main__":
    asyncio.run(main(digits(0.3)))
