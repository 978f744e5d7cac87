import anyio


async def fetch_price(shop, delay):
    print(f"asking {shop}")
    await anyio.sleep(delay)
    print(f"{shop} answered")


async def main():
    async with anyio.create_task_group() as group:
        for shop, delay in (("north", 0.2), ("south", 0.15), ("west", 0.25)):
            group.start_soon(fetch_price, shop, delay)


if __name__ == "__main__":
    anyio.run(main, backend="trio")
