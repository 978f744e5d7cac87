"""A task group; one of its tasks starts another."""

import asyncio


async def visit(group, depth, seen):
    await asyncio.sleep(0.1)
    seen.append(depth)
    if depth < 3:
        group.create_task(visit(group, depth + 1, seen))


async def main():
    seen = []
    async with asyncio.TaskGroup() as group:
        for _ in range(4):
            group.create_task(visit(group, 0, seen))
    print(len(seen), "places visited")


if __name__ == "__main__":
    asyncio.run(main())
