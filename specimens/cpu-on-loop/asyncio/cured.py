import asyncio
import time
from concurrent.futures import ProcessPoolExecutor, wait

CPU_PER_REPORT = 0.2


def render_report(customer):
    started = time.perf_counter()
    total = 0
    finish = time.thread_time() + CPU_PER_REPORT
    while time.thread_time() < finish:
        total = (total + sum(page * customer for page in range(500))) % 1_000_003
    print(f"report for {customer} rendered in {time.perf_counter() - started:.3f} s", flush=True)
    return total


async def handle_request(pool, customer):
    await asyncio.sleep(0.01)
    return await asyncio.get_running_loop().run_in_executor(pool, render_report, customer)


async def heartbeat(beats):
    for _ in range(beats):
        await asyncio.sleep(0.05)
    print("heartbeats sent")


async def main(pool):
    await asyncio.gather(handle_request(pool, 1), handle_request(pool, 2), heartbeat(6))


if __name__ == "__main__":
    with ProcessPoolExecutor(max_workers=2) as pool:
        wait([pool.submit(time.sleep, 0.02) for _ in range(2)])  # both workers are up
        asyncio.run(main(pool))
