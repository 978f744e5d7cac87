import anyio


class Download:
    def __init__(self):
        self.finished = anyio.Event()

    async def run(self):
        await anyio.sleep(0.5)
        self.finished.set()


async def show_when_finished(download):
    await download.finished.wait()
    print("finished")


async def main():
    download = Download()
    async with anyio.create_task_group() as group:
        group.start_soon(download.run)
        group.start_soon(show_when_finished, download)


if __name__ == "__main__":
    anyio.run(main)
