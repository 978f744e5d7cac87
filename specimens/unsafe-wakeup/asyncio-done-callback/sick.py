import asyncio
import time
from concurrent.futures import ThreadPoolExecutor


def measure(channel):
    time.sleep(0.1)
    return channel * 1.5


async def read(pool, channel):
    answer = asyncio.get_running_loop().create_future()
    job = pool.submit(measure, channel)
    job.add_done_callback(lambda done: answer.set_result(done.result()))
    return await answer


def beat(loop):
    loop.call_later(0.3, beat, loop)


async def main():
    beat(asyncio.get_running_loop())
    with ThreadPoolExecutor(1) as pool:
        values = []
        for channel in range(3):
            values.append(await read(pool, channel))
    print(values)


if __name__ == "__main__":
    asyncio.run(main())
