import asyncio


async def refresh(table):
    await asyncio.sleep(0.1)
    raise LookupError(f"no table {table}")


async def main():
    refreshes = [asyncio.ensure_future(refresh(table)) for table in ("users", "orders")]
    await asyncio.sleep(0.3)
    print(f"{len(refreshes)} tables refreshed")


if __name__ == "__main__":
    asyncio.run(main())
