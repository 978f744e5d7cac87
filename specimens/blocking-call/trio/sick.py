import time

import trio


async def fetch_price(shop, delay):
    print(f"asking {shop}")
    time.sleep(delay)
    print(f"{shop} answered")


async def main():
    async with trio.open_nursery() as nursery:
        for shop, delay in (("north", 0.2), ("south", 0.15), ("west", 0.25)):
            nursery.start_soon(fetch_price, shop, delay)


if __name__ == "__main__":
    trio.run(main)
