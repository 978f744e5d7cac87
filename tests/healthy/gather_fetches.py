"""Thirty requests at once; one needs the answer of another."""

import asyncio


async def fetch(path):
    await asyncio.sleep(0.15 + (len(path) % 3) * 0.05)
    return {"path": path, "next": path + "/more"}


async def fetch_with_details(path):
    page = await fetch(path)
    details = await fetch(page["next"])
    return details["path"]


async def main():
    pages = await asyncio.gather(*(fetch_with_details(f"/page/{number}") for number in range(30)))
    print(len(pages), pages[0])


if __name__ == "__main__":
    asyncio.run(main())
