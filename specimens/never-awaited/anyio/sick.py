import anyio

archive = []


async def archive_message(text):
    await anyio.sleep(0.05)
    archive.append(text)


async def receive(text):
    await anyio.sleep(0.3)
    print(f"received {text}")
    archive_message(text)


async def main():
    async with anyio.create_task_group() as group:
        for text in ("hello", "how are you", "bye"):
            group.start_soon(receive, text)
    print(f"{len(archive)} of 3 archived")


if __name__ == "__main__":
    anyio.run(main)
