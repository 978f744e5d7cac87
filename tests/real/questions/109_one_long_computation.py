"""Once a day the plan is made anew, and just then the machines' heartbeat is missed."""

import asyncio
import time


def plan(seconds):
    finish, orders = time.perf_counter() + seconds, 0
    while time.perf_counter() < finish:
        orders += sum(range(50))
    return orders


async def heartbeat(late):
    while True:
        due = time.perf_counter() + 0.05
        await asyncio.sleep(0.05)
        late.append(time.perf_counter() - due)


async def main():
    late = []
    beating = asyncio.create_task(heartbeat(late))
    await asyncio.sleep(0.4)
    plan(0.2)
    await asyncio.sleep(0.4)
    beating.cancel()
    print(f"up to {max(late):.2f} s late")


asyncio.run(main())
