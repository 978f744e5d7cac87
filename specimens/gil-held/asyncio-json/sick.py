import asyncio
import json
import time


def exported_orders(seconds):
    """A document that takes about so long to parse."""
    order = '{"id": 1234567, "price": 19.99, "tags": ["new", "blue", "large"]}'
    sample = "[" + ",".join([order] * 2000) + "]"
    started = time.perf_counter()
    json.loads(sample)
    rows = int(2000 * seconds / (time.perf_counter() - started))
    return "[" + ",".join([order] * rows) + "]"


async def import_orders(document):
    await asyncio.sleep(0.02)
    started = time.perf_counter()
    orders = len(json.loads(document))
    print(f"{orders} orders parsed in {time.perf_counter() - started:.3f} s")


async def answer_pings():
    for _ in range(20):
        await asyncio.sleep(0.02)
    print("pings answered")


async def main(document):
    await asyncio.gather(import_orders(document), answer_pings())


if __name__ == "__main__":
    asyncio.run(main(exported_orders(0.2)))
