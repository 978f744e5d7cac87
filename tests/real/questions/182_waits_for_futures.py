"""Asks three shops at once in threads and takes the best price; two articles still come one after the other."""

import asyncio
import concurrent.futures
import time

SHOPS = {"north": 0.15, "south": 0.1, "west": 0.05}


def price(shop, article):
    time.sleep(SHOPS[shop])
    return len(shop) + article


def collect(pool, article):
    futures = {pool.submit(price, shop, article): shop for shop in SHOPS}
    done, late = concurrent.futures.wait(futures, timeout=2)
    return {futures[one]: one.result() for one in done}, len(late)


async def best(pool, article):
    await asyncio.sleep(0)
    prices, late = collect(pool, article)
    return min(prices.values()), late


async def main():
    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        print(await asyncio.gather(*(best(pool, article) for article in range(4))))


asyncio.run(main())
