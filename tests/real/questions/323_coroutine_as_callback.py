"""My sessions never expire, though call_later is called."""

import asyncio


class Session:
    def __init__(self):
        self.expired = False

    async def expire(self):
        await asyncio.sleep(0)
        self.expired = True

    def touch(self):
        asyncio.get_running_loop().call_later(0.1, self.expire)


async def main():
    s = Session()
    for _ in range(3):
        s.touch()
        await asyncio.sleep(0.15)
    print(s.expired)


asyncio.run(main())
