"""joblib runs my work in parallel, but the progress bar does not move."""

import asyncio
import time

from joblib import Parallel, delayed


def simulate(seed):
    time.sleep(0.2)
    return seed


async def simulate_all(seeds):
    return Parallel(n_jobs=4, backend="threading")(delayed(simulate)(seed) for seed in seeds)


async def progress():
    for _ in range(20):
        await asyncio.sleep(0.02)


async def main():
    print((await asyncio.gather(simulate_all(range(8)), progress()))[0])


asyncio.run(main())
