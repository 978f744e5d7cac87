import asyncio


class Printer:
    def __init__(self):
        self.queue = []
        self.printed = []

    async def run(self, pages):
        while len(self.printed) < pages:
            if self.queue:
                self.printed.append(self.queue.pop(0))
            await asyncio.sleep(0.0005)

    async def feed(self, pages):
        for page in range(pages):
            await asyncio.sleep(0.12)
            self.queue.append(page)


async def main():
    printer = Printer()
    await asyncio.gather(printer.run(5), printer.feed(5))
    print(f"printed {printer.printed}")


if __name__ == "__main__":
    asyncio.run(main())
