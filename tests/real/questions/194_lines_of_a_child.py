"""The child lists its hosts at once, and I look them up as they come.  Why does it take so long?"""

import asyncio
import sys

CHILD = "for n in range(20): print('host%d' % n, flush=True)"


async def resolve(name):
    await asyncio.sleep(0.05)
    return f"{name} 10.0.0.1"


async def main():
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", CHILD, stdout=asyncio.subprocess.PIPE)
    async for line in child.stdout:
        print(await resolve(line.decode().strip()))
    await child.wait()


asyncio.run(main())
