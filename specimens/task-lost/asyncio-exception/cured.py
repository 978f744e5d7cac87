import asyncio


async def refresh(table):
    await asyncio.sleep(0.1)
    raise LookupError(f"no table {table}")


async def main():
    refreshes = [asyncio.ensure_future(refresh(table)) for table in ("users", "orders")]
    outcomes = await asyncio.gather(*refreshes, return_exceptions=True)
    for outcome in outcomes:
        print(f"not refreshed: {outcome}")


if __name__ == "__main__":
    asyncio.run(main())
