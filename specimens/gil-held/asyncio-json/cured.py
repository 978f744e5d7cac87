import asyncio
import json
import time
from concurrent.futures import ProcessPoolExecutor, wait


def exported_orders(seconds):
    """A document that takes about so long to parse."""
    order = '{"id": 1234567, "price": 19.99, "tags": ["new", "blue", "large"]}'
    sample = "[" + ",".join([order] * 2000) + "]"
    started = time.perf_counter()
    json.loads(sample)
    rows = int(2000 * seconds / (time.perf_counter() - started))
    return "[" + ",".join([order] * rows) + "]"


def count_orders():
    document = exported_orders(0.2)
    started = time.perf_counter()
    orders = len(json.loads(document))
    print(f"{orders} orders parsed in {time.perf_counter() - started:.3f} s", flush=True)


async def import_orders(pool):
    await asyncio.sleep(0.02)
    await asyncio.get_running_loop().run_in_executor(pool, count_orders)


async def answer_pings():
    for _ in range(20):
        await asyncio.sleep(0.02)
    print("pings answered")


async def main(pool):
    await asyncio.gather(import_orders(pool), answer_pings())


if __name__ == "__main__":
    with ProcessPoolExecutor(max_workers=1) as pool:
        wait([pool.submit(time.sleep, 0.01)])  # the worker is up
        asyncio.run(main(pool))
