import asyncio


class Printer:
    def __init__(self):
        self.queue = asyncio.Queue()
        self.printed = []

    async def run(self, pages):
        while len(self.printed) < pages:
            self.printed.append(await self.queue.get())

    async def feed(self, pages):
        for page in range(pages):
            await asyncio.sleep(0.12)
            self.queue.put_nowait(page)


async def main():
    printer = Printer()
    await asyncio.gather(printer.run(5), printer.feed(5))
    print(f"printed {printer.printed}")


if __name__ == "__main__":
    asyncio.run(main())
