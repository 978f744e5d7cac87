import trio

PAGES = ["index", "about", "news", "jobs", "imprint"]


async def fetch(page):
    await trio.sleep(0.12)
    return f"<h1>{page}</h1>"


async def main():
    texts = []
    for page in PAGES:
        text = await fetch(page)
        texts.append(text)
    print(f"{len(texts)} pages, {sum(map(len, texts))} bytes")


if __name__ == "__main__":
    trio.run(main)
