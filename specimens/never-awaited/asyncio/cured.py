import asyncio

archive = []


async def archive_message(text):
    await asyncio.sleep(0.05)
    archive.append(text)


async def receive(text):
    await asyncio.sleep(0.3)
    print(f"received {text}")
    await archive_message(text)


async def main():
    await asyncio.gather(receive("hello"), receive("how are you"), receive("bye"))
    print(f"{len(archive)} of 3 archived")


if __name__ == "__main__":
    asyncio.run(main())
