"""A program that imports asyncio and runs a loop once."""

import asyncio


async def main():
    pass


if __name__ == "__main__":
    asyncio.run(main())
