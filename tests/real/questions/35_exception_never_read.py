"""My updater stopped days ago and nothing told me."""

import asyncio


async def refresh(feed):
    await asyncio.sleep(0.05)
    raise ValueError(f"feed {feed} has no title")


class Updater:
    def start(self, feeds):
        self.tasks = [asyncio.create_task(refresh(feed)) for feed in feeds]


async def main():
    updater = Updater()
    updater.start(["news", "sport"])
    await asyncio.sleep(0.3)
    print("still up")


asyncio.run(main())
