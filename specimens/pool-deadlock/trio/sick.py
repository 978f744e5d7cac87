import time

import trio

desks = trio.CapacityLimiter(2)


def measure(page):
    time.sleep(0.1)
    return len(page)


async def measured(page):
    with trio.move_on_after(0.5):
        return await trio.to_thread.run_sync(measure, page, limiter=desks)
    return None


def lay_out(page):
    time.sleep(0.1)
    size = trio.from_thread.run(measured, page)
    return f"{page}: gave up" if size is None else f"{page}: {size}"


async def work(page):
    print(await trio.to_thread.run_sync(lay_out, page, limiter=desks))


async def main():
    async with trio.open_nursery() as nursery:
        for page in ("cover", "index"):
            nursery.start_soon(work, page)


if __name__ == "__main__":
    trio.run(main)
