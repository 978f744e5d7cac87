import asyncio
import threading
import time

CPU_PER_SHARD = 0.25


def index_shard(number, loop, done):
    entries = number
    finish = time.thread_time() + CPU_PER_SHARD
    while time.thread_time() < finish:
        entries = (entries + sum(word * number for word in range(500))) % 4_294_967_296
    loop.call_soon_threadsafe(done.set_result, entries)


async def main():
    loop = asyncio.get_running_loop()
    finished = []
    for number in range(2):
        done = loop.create_future()
        threading.Thread(target=index_shard, args=(number, loop, done), name=f"shard-{number}").start()
        finished.append(done)
    await asyncio.wait(finished)
    print("2 shards indexed")


if __name__ == "__main__":
    asyncio.run(main())
