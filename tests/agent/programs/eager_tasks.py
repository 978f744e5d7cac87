# python: 3.12
import asyncio


async def quick(n):
    return n


async def slow(n):
    await asyncio.sleep(0.003)
    return n


async def main():
    loop = asyncio.get_running_loop()
    loop.set_task_factory(asyncio.eager_task_factory)
    print(await asyncio.gather(*(quick(n) for n in range(3)), *(slow(n) for n in range(3))))
    task = loop.create_task(quick(1), name="named")
    print(task.done(), task.get_name())
    async with asyncio.TaskGroup() as group:
        group.create_task(slow(1))
        group.create_task(quick(2))
    async with asyncio.timeout(1):
        await slow(2)
    async with asyncio.TaskGroup() as group:
        group.create_task(fails())


async def fails():
    raise ValueError("eagerly")


asyncio.run(main())
