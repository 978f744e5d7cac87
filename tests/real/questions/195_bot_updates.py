"""When somebody asks our bot for the weather, everybody else waits for their answer, too."""

import asyncio


class Api:
    def __init__(self):
        self.waiting = [{"id": n, "chat": n % 4, "text": "/weather"} for n in range(10)]
        self.sent = []

    async def get_updates(self, offset):
        await asyncio.sleep(0.01)
        return [update for update in self.waiting if update["id"] >= offset]

    async def weather(self):
        await asyncio.sleep(0.1)
        return "rain"

    async def send(self, chat, text):
        self.sent.append((chat, text))


class Bot:
    def __init__(self, api):
        self.api = api
        self.running = True

    async def poll(self):
        offset = 0
        while self.running:
            for update in await self.api.get_updates(offset):
                offset = update["id"] + 1
                await self.handle(update)

    async def handle(self, update):
        await self.api.send(update["chat"], await self.api.weather())
        if len(self.api.sent) == len(self.api.waiting):
            self.running = False


async def main():
    api = Api()
    await Bot(api).poll()
    print(len(api.sent), "answers")


asyncio.run(main())
