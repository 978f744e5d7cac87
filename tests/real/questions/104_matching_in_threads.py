"""The matching went to a pool of four threads, and is no faster."""

import asyncio
import random
import string
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial


def distance(a, b):
    previous = list(range(len(b) + 1))
    for i, ca in enumerate(a, 1):
        row = [i]
        for j, cb in enumerate(b, 1):
            row.append(min(row[-1] + 1, previous[j] + 1, previous[j - 1] + (ca != cb)))
        previous = row
    return previous[-1]


def best(names, query):
    return min(names, key=partial(distance, query))


async def beat(late):
    while True:
        due = time.perf_counter() + 0.01
        await asyncio.sleep(0.01)
        late.append(time.perf_counter() - due)


async def main():
    rng = random.Random(2)
    names = ["".join(rng.choices(string.ascii_lowercase, k=14)) for _ in range(1500)]
    late = []
    beating = asyncio.create_task(beat(late))
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(4, "match") as pool:
        jobs = [loop.run_in_executor(pool, best, names, name[:10] + "xx") for name in names[:20]]
        await asyncio.gather(*jobs)
    beating.cancel()
    print(f"up to {max(late):.3f} s late")


asyncio.run(main())
