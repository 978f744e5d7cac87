import time

import trio

CPU_PER_YEAR = 0.25


def simulate(year):
    state = year
    finish = time.thread_time() + CPU_PER_YEAR
    while time.thread_time() < finish:
        state = (state + sum(day * year for day in range(365))) % 2_147_483_648
    print(f"simulated {year}", flush=True)


async def main():
    async with trio.open_nursery() as nursery:
        for year in (2024, 2025):
            nursery.start_soon(trio.to_thread.run_sync, simulate, year)


if __name__ == "__main__":
    trio.run(main)
