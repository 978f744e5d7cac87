# No descriptor is left for anybody: ours or the program's.
import asyncio
import os
import resource

resource.setrlimit(resource.RLIMIT_NOFILE, (40, 40))


async def main():
    taken = []
    try:
        while True:
            taken.append(os.open("/dev/null", os.O_RDONLY))
    except OSError as error:
        print(error)
    await asyncio.sleep(0.5)
    print(len(taken))


asyncio.run(main())
