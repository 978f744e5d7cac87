"""The same program is five times slower in production."""

import asyncio


async def relay(inbox, outbox, count):
    for _ in range(count):
        await outbox.put(await inbox.get())


async def main():
    queues = [asyncio.Queue(maxsize=1) for _ in range(6)]
    count = 1500
    relays = [relay(first, second, count) for first, second in zip(queues, queues[1:])]

    async def feed():
        for number in range(count):
            await queues[0].put(number)

    async def drain():
        return sum([await queues[-1].get() for _ in range(count)])

    print((await asyncio.gather(feed(), drain(), *relays))[1])


asyncio.run(main(), debug=True)
