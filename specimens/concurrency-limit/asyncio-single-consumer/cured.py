import asyncio


async def translate(text):
    await asyncio.sleep(0.1)
    return text[::-1]


async def read_lines(channel, readers):
    for number in range(8):
        await channel.put(f"line {number}")
    for _ in range(readers):
        await channel.put(None)


async def translator(channel, translations):
    while True:
        line = await channel.get()
        if line is None:
            return
        translations.append(await translate(line))


async def main():
    channel = asyncio.Queue(maxsize=16)
    translations = []
    translators = [translator(channel, translations) for _ in range(8)]
    await asyncio.gather(read_lines(channel, len(translators)), *translators)
    print(f"{len(translations)} lines translated")


if __name__ == "__main__":
    asyncio.run(main())
