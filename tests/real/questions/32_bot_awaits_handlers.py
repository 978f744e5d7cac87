"""telegram: one user's long command makes all the other users wait."""

import asyncio


class Dispatcher:
    def __init__(self):
        self.updates = asyncio.Queue()
        self.handlers = []

    async def start_polling(self):
        while True:
            update = await self.updates.get()
            if update is None:
                break
            for handler in self.handlers:
                await handler(update)


async def translate(update):
    await asyncio.sleep(0.15)
    print(f"translated {update}")


async def users(dispatcher):
    for number in range(8):
        await asyncio.sleep(0.01)
        dispatcher.updates.put_nowait(f"message of user {number}")
    dispatcher.updates.put_nowait(None)


async def main():
    dispatcher = Dispatcher()
    dispatcher.handlers.append(translate)
    await asyncio.gather(dispatcher.start_polling(), users(dispatcher))


asyncio.run(main())
