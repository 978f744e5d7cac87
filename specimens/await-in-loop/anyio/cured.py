import anyio

PAGES = ["index", "about", "news", "jobs", "imprint"]


async def fetch(page, texts):
    await anyio.sleep(0.12)
    texts[page] = f"<h1>{page}</h1>"


async def main():
    texts = {}
    async with anyio.create_task_group() as group:
        for page in PAGES:
            group.start_soon(fetch, page, texts)
    print(f"{len(texts)} pages, {sum(map(len, texts.values()))} bytes")


if __name__ == "__main__":
    anyio.run(main)
