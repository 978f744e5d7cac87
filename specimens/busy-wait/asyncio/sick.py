import asyncio


class Download:
    def __init__(self):
        self.finished = False

    async def run(self):
        await asyncio.sleep(0.5)
        self.finished = True


async def show_when_finished(download):
    while not download.finished:
        await asyncio.sleep(0)
    print("finished")


async def main():
    download = Download()
    await asyncio.gather(download.run(), show_when_finished(download))


if __name__ == "__main__":
    asyncio.run(main())
