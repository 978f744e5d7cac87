import asyncio


async def translate(text):
    await asyncio.sleep(0.1)
    return text[::-1]


async def read_lines(channel):
    for number in range(8):
        await channel.put(f"line {number}")
    await channel.put(None)


async def translator(channel, translations):
    while True:
        line = await channel.get()
        if line is None:
            return
        translations.append(await translate(line))


async def main():
    channel = asyncio.Queue(maxsize=2)
    translations = []
    await asyncio.gather(read_lines(channel), translator(channel, translations))
    print(f"{len(translations)} lines translated")


if __name__ == "__main__":
    asyncio.run(main())
