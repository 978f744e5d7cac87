"""discord: 'heartbeat blocked for more than 10 seconds'.  Which of my commands does it?"""

import asyncio
import time


class Bot:
    def __init__(self):
        self.listeners = {}

    def event(self, function):
        self.listeners.setdefault(function.__name__, []).append(function)
        return function

    def dispatch(self, name, *arguments):
        for listener in self.listeners.get(name, ()):
            asyncio.get_running_loop().create_task(self._run(listener, *arguments))

    async def _run(self, listener, *arguments):
        try:
            await listener(*arguments)
        except Exception as error:
            print("ignored", error)

    async def heartbeat(self):
        for _ in range(30):
            await asyncio.sleep(0.03)

    async def connect(self, messages):
        beating = asyncio.create_task(self.heartbeat())
        for message in messages:
            await asyncio.sleep(0.05)
            self.dispatch("on_message", message)
        await beating


bot = Bot()


def render_chart(text):
    time.sleep(0.25)
    return f"chart of {text}"


@bot.event
async def on_message(text):
    if text.startswith("!chart"):
        print(render_chart(text))
    else:
        await asyncio.sleep(0.1)
        print("pong")


asyncio.run(bot.connect(["!ping", "!chart a", "!ping", "!chart b", "!ping"]))
