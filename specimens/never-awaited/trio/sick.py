import trio

archive = []


async def archive_message(text):
    await trio.sleep(0.05)
    archive.append(text)


async def receive(text):
    await trio.sleep(0.3)
    print(f"received {text}")
    archive_message(text)


async def main():
    async with trio.open_nursery() as nursery:
        for text in ("hello", "how are you", "bye"):
            nursery.start_soon(receive, text)
    print(f"{len(archive)} of 3 archived")


if __name__ == "__main__":
    trio.run(main)
