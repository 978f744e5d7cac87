import asyncio


async def fetch(part):
    await asyncio.sleep(0.06)
    return part


async def page():
    parts = []
    for part in ("head", "body", "foot"):
        text = await fetch(part)
        parts.append(text)
    return parts


async def statistics():
    await asyncio.sleep(0.6)
    return "statistics"


async def main():
    made = await asyncio.gather(page(), statistics())
    print(made)


if __name__ == "__main__":
    asyncio.run(main())
