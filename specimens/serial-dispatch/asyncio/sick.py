import asyncio


async def handle(message):
    await asyncio.sleep(0.1)
    print(f"answered {message}")


async def dispatch(inbox):
    while True:
        message = await inbox.get()
        if message is None:
            break
        await handle(message)


async def receive(inbox):
    for number in range(7):
        await asyncio.sleep(0.01)
        inbox.put_nowait(f"message {number}")
    inbox.put_nowait(None)


async def main():
    inbox = asyncio.Queue()
    await asyncio.gather(receive(inbox), dispatch(inbox))


if __name__ == "__main__":
    asyncio.run(main())
