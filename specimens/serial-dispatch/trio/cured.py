import trio


async def handle(message):
    await trio.sleep(0.1)
    print(f"answered {message}")


async def dispatch(inbox):
    async with inbox, trio.open_nursery() as nursery:
        async for message in inbox:
            nursery.start_soon(handle, message)


async def receive(outbox):
    async with outbox:
        for number in range(7):
            await trio.sleep(0.01)
            await outbox.send(f"message {number}")


async def main():
    outbox, inbox = trio.open_memory_channel(100)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(receive, outbox)
        nursery.start_soon(dispatch, inbox)


if __name__ == "__main__":
    trio.run(main)
