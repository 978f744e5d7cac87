"""An import goes on row after row while a progress bar looks whether it is done: what would it take with several at once?"""

import asyncio


class Importer:
    def __init__(self):
        self.done = 0
        self.finished = False

    async def load(self, number):
        await asyncio.sleep(0.06)
        self.done += 1
        return number

    async def run(self, count):
        rows = []
        for number in range(count):
            rows.append(await self.load(number))
        self.finished = True
        return rows


async def main():
    importer = Importer()
    task = asyncio.create_task(importer.run(16))
    while not importer.finished:
        await asyncio.sleep(0.1)
        print(f"\r{importer.done}", end="")
    print(len(await task))


asyncio.run(main())
