import asyncio
import time

CPU_PER_REPORT = 0.2


def render_report(customer):
    started = time.perf_counter()
    total = 0
    finish = time.thread_time() + CPU_PER_REPORT
    while time.thread_time() < finish:
        total = (total + sum(page * customer for page in range(500))) % 1_000_003
    print(f"report for {customer} rendered in {time.perf_counter() - started:.3f} s")
    return total


async def handle_request(customer):
    await asyncio.sleep(0.01)
    return render_report(customer)


async def heartbeat(beats):
    for _ in range(beats):
        await asyncio.sleep(0.05)
    print("heartbeats sent")


async def main():
    await asyncio.gather(handle_request(1), handle_request(2), heartbeat(6))


if __name__ == "__main__":
    asyncio.run(main())
