import time
from concurrent.futures import ProcessPoolExecutor, wait

import trio

CPU_PER_YEAR = 0.25


def simulate(year):
    state = year
    finish = time.thread_time() + CPU_PER_YEAR
    while time.thread_time() < finish:
        state = (state + sum(day * year for day in range(365))) % 2_147_483_648
    print(f"simulated {year}", flush=True)


async def main(pool):
    simulations = [pool.submit(simulate, year) for year in (2024, 2025)]
    async with trio.open_nursery() as nursery:
        for simulation in simulations:
            nursery.start_soon(trio.to_thread.run_sync, simulation.result)


if __name__ == "__main__":
    with ProcessPoolExecutor(max_workers=2) as pool:
        wait([pool.submit(time.sleep, 0.02) for _ in range(2)])  # both workers are up
        trio.run(main, pool)
