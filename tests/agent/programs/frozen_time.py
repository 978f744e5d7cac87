# freezegun stops every clock that the program can read; its loop goes on.
# needs: freezegun
import asyncio
import datetime
import time

import freezegun


async def work():
    await asyncio.sleep(0)
    print(datetime.datetime.now(), time.time(), time.monotonic() == time.monotonic())


async def later():
    await asyncio.sleep(0.01)
    return time.time()


with freezegun.freeze_time("2020-02-02 02:02:02", real_asyncio=True) as frozen:
    asyncio.run(work())
    print(asyncio.run(later()))
    frozen.tick(60)
    asyncio.run(work())
with freezegun.freeze_time("2021-01-01"):
    asyncio.run(work())
print(asyncio.run(later()) > 1.6e9)
