import trio


class Download:
    def __init__(self):
        self.finished = trio.Event()

    async def run(self):
        await trio.sleep(0.5)
        self.finished.set()


async def show_when_finished(download):
    await download.finished.wait()
    print("finished")


async def main():
    download = Download()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(download.run)
        nursery.start_soon(show_when_finished, download)


if __name__ == "__main__":
    trio.run(main)
