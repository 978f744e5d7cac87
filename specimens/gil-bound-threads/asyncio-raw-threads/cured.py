import asyncio
import time
from concurrent.futures import ProcessPoolExecutor, wait

CPU_PER_SHARD = 0.25


def index_shard(number):
    entries = number
    finish = time.thread_time() + CPU_PER_SHARD
    while time.thread_time() < finish:
        entries = (entries + sum(word * number for word in range(500))) % 4_294_967_296
    return entries


async def main(pool):
    loop = asyncio.get_running_loop()
    await asyncio.wait([loop.run_in_executor(pool, index_shard, number) for number in range(2)])
    print("2 shards indexed")


if __name__ == "__main__":
    with ProcessPoolExecutor(max_workers=2) as pool:
        wait([pool.submit(time.sleep, 0.02) for _ in range(2)])  # both workers are up
        asyncio.run(main(pool))
