"""A crawler with aiohttp, as people write their first one."""

import asyncio
import sys

import aiohttp


class Crawler:
    def __init__(self, base):
        self.base = base
        self.pages = {}

    async def fetch(self, session, path):
        async with session.get(self.base + path) as answer:
            return await answer.text()

    async def crawl(self, paths):
        async with aiohttp.ClientSession() as session:
            for path in paths:
                self.pages[path] = await self.fetch(session, path)
        return self.pages


async def main():
    crawler = Crawler(sys.argv[1])
    pages = await crawler.crawl([f"/page/{number}" for number in range(12)])
    print(len(pages), "pages")


asyncio.run(main())
