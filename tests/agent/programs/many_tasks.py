# Very many tasks alive at one time.
# args: 20000
# heavy: 1000000
import asyncio
import sys


async def work(number, gate):
    await gate
    return number


async def main(count):
    gate = asyncio.get_running_loop().create_future()
    tasks = [asyncio.ensure_future(work(number, gate)) for number in range(count)]
    await asyncio.sleep(0)
    print(len(asyncio.all_tasks()))
    gate.set_result(None)
    total = 0
    for task in tasks:
        total += await task
    print(total)


asyncio.run(main(int(sys.argv[1])))
