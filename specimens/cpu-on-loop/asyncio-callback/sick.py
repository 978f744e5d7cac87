import asyncio
import time

CPU_PER_INDEX = 0.15


def rebuild_index(loop, remaining, finished):
    started = time.perf_counter()
    score = 0
    finish = time.thread_time() + CPU_PER_INDEX
    while time.thread_time() < finish:
        score = (score + sum(word * remaining for word in range(500))) % 999_983
    print(f"index rebuilt in {time.perf_counter() - started:.3f} s")
    if remaining > 1:
        loop.call_later(0.05, rebuild_index, loop, remaining - 1, finished)
    else:
        finished.set()


async def answer_queries():
    for _ in range(20):
        await asyncio.sleep(0.02)
    print("20 queries answered")


async def main():
    finished = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.call_later(0.05, rebuild_index, loop, 3, finished)
    await asyncio.gather(answer_queries(), finished.wait())


if __name__ == "__main__":
    asyncio.run(main())
