import anyio


async def handle(message):
    await anyio.sleep(0.1)
    print(f"answered {message}")


async def dispatch(inbox):
    async with inbox, anyio.create_task_group() as group:
        async for message in inbox:
            group.start_soon(handle, message)


async def receive(outbox):
    async with outbox:
        for number in range(7):
            await anyio.sleep(0.01)
            await outbox.send(f"message {number}")


async def main():
    outbox, inbox = anyio.create_memory_object_stream(100)
    async with anyio.create_task_group() as group:
        group.start_soon(receive, outbox)
        group.start_soon(dispatch, inbox)


if __name__ == "__main__":
    anyio.run(main)
