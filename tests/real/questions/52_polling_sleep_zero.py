"""My program uses a whole core although it only waits for a download."""

import asyncio


class Download:
    finished = False

    async def run(self):
        await asyncio.sleep(0.6)
        self.finished = True


async def wait_until(download):
    while not download.finished:
        await asyncio.sleep(0)


async def main():
    download = Download()
    await asyncio.gather(download.run(), wait_until(download))
    print("finished")


asyncio.run(main())
