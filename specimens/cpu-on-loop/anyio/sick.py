import time

import anyio

CPU_PER_REPORT = 0.2


def render_report(customer):
    started = time.perf_counter()
    total = 0
    finish = time.thread_time() + CPU_PER_REPORT
    while time.thread_time() < finish:
        total = (total + sum(page * customer for page in range(500))) % 1_000_003
    print(f"report for {customer} rendered in {time.perf_counter() - started:.3f} s", flush=True)
    return total


async def handle_request(customer):
    await anyio.sleep(0.01)
    return render_report(customer)


async def heartbeat(beats):
    for _ in range(beats):
        await anyio.sleep(0.05)
    print("heartbeats sent")


async def main():
    async with anyio.create_task_group() as group:
        group.start_soon(handle_request, 1)
        group.start_soon(handle_request, 2)
        group.start_soon(heartbeat, 6)


if __name__ == "__main__":
    anyio.run(main)
