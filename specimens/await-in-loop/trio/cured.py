import trio

PAGES = ["index", "about", "news", "jobs", "imprint"]


async def fetch(page, texts):
    await trio.sleep(0.12)
    texts[page] = f"<h1>{page}</h1>"


async def main():
    texts = {}
    async with trio.open_nursery() as nursery:
        for page in PAGES:
            nursery.start_soon(fetch, page, texts)
    print(f"{len(texts)} pages, {sum(map(len, texts.values()))} bytes")


if __name__ == "__main__":
    trio.run(main)
