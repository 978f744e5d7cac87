"""Steps that do nothing: `empty_steps.py STEPS OUT` writes the CPU seconds that they took."""

import asyncio
import resource
import sys
import time

TASKS = 1000


async def steps(count):
    for _ in range(count):
        await asyncio.sleep(0)


async def main(count):
    await asyncio.gather(*(steps(count // TASKS) for _ in range(TASKS)))


if __name__ == "__main__":
    asyncio.run(main(20_000))
    before = time.process_time()
    asyncio.run(main(int(sys.argv[1])))
    used = time.process_time() - before
    with open(sys.argv[2], "w") as file:
        print(used, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=file)
