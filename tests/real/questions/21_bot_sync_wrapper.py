"""My bot's helper waits for a coroutine from sync code, and always times out."""

import asyncio
import concurrent.futures


class Bot:
    def __init__(self, loop):
        self.loop = loop

    async def fetch_user(self, number):
        await asyncio.sleep(0.05)
        return f"user {number}"

    def get_user(self, number):
        future = asyncio.run_coroutine_threadsafe(self.fetch_user(number), self.loop)
        try:
            return future.result(0.6)
        except concurrent.futures.TimeoutError:
            return "timed out"


async def on_message(bot, text):
    print(text, bot.get_user(7))


async def heartbeat():
    for _ in range(20):
        await asyncio.sleep(0.05)


async def main():
    bot = Bot(asyncio.get_running_loop())
    await asyncio.gather(on_message(bot, "hello"), heartbeat())


asyncio.run(main())
