# python: 3.11
import asyncio


async def work(n):
    await asyncio.sleep(0.001)
    return n


with asyncio.Runner(debug=False) as runner:
    print(runner.run(work(1)), runner.run(work(2)))
    print(runner.get_loop().is_running())
    try:
        runner.run(asyncio.wait_for(asyncio.sleep(1), 0.01))
    except asyncio.TimeoutError as error:
        print(repr(error))


async def main():
    async with asyncio.TaskGroup() as group:
        group.create_task(asyncio.sleep(5))
        group.create_task(fails())


async def fails():
    raise ValueError("in a group")


asyncio.run(main())
