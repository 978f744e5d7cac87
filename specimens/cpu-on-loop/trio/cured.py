import time
from concurrent.futures import ProcessPoolExecutor, wait

import trio

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
    await trio.sleep(0.01)
    rendering = pool.submit(render_report, customer)
    return await trio.to_thread.run_sync(rendering.result)


async def heartbeat(beats):
    for _ in range(beats):
        await trio.sleep(0.05)
    print("heartbeats sent")


async def main(pool):
    async with trio.open_nursery() as nursery:
        nursery.start_soon(handle_request, pool, 1)
        nursery.start_soon(handle_request, pool, 2)
        nursery.start_soon(heartbeat, 6)


if __name__ == "__main__":
    with ProcessPoolExecutor(max_workers=2) as pool:
        wait([pool.submit(time.sleep, 0.02) for _ in range(2)])  # both workers are up
        trio.run(main, pool)
