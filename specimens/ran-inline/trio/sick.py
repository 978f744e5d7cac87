import time

import trio


def in_background(function, *arguments):
    """Our own helper; whoever wrote it meant to come back to it."""
    return function(*arguments)


def read_page(number):
    time.sleep(0.15)
    return f"page {number}"


async def load_page(number, pages):
    pages[number] = in_background(read_page, number)


async def main():
    pages = {}
    async with trio.open_nursery() as nursery:
        for number in range(4):
            nursery.start_soon(load_page, number, pages)
    print(", ".join(pages[number] for number in sorted(pages)))


if __name__ == "__main__":
    trio.run(main)
