import asyncio
import time
from concurrent.futures import ProcessPoolExecutor, wait

CPU_PER_INDEX = 0.15


def rebuild_index(score):
    started = time.perf_counter()
    finish = time.thread_time() + CPU_PER_INDEX
    while time.thread_time() < finish:
        score = (score + sum(word * 3 for word in range(500))) % 999_983
    print(f"index rebuilt in {time.perf_counter() - started:.3f} s", flush=True)
    return score


async def keep_index_fresh(pool):
    score = 0
    for _ in range(3):
        await asyncio.sleep(0.05)
        score = await asyncio.get_running_loop().run_in_executor(pool, rebuild_index, score)


async def answer_queries():
    for _ in range(20):
        await asyncio.sleep(0.02)
    print("20 queries answered")


async def main(pool):
    await asyncio.gather(answer_queries(), keep_index_fresh(pool))


if __name__ == "__main__":
    with ProcessPoolExecutor(max_workers=1) as pool:
        wait([pool.submit(time.sleep, 0.01)])  # the worker is up
        asyncio.run(main(pool))
