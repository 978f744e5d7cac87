import asyncio

PAGES = ["index", "about", "news", "jobs", "imprint"]


async def fetch(page):
    await asyncio.sleep(0.12)
    return f"<h1>{page}</h1>"


async def crawl(pages):
    return await asyncio.gather(*(fetch(page) for page in pages))


async def main():
    texts = await crawl(PAGES)
    print(f"{len(texts)} pages, {sum(map(len, texts))} bytes")


if __name__ == "__main__":
    asyncio.run(main())
