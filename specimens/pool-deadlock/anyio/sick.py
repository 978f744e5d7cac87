import time

import anyio
from anyio import from_thread, to_thread


def measure(page):
    time.sleep(0.1)
    return len(page)


async def measured(page):
    with anyio.move_on_after(0.5):
        return await to_thread.run_sync(measure, page)
    return None


def lay_out(page):
    time.sleep(0.1)
    size = from_thread.run(measured, page)
    return f"{page}: gave up" if size is None else f"{page}: {size}"


async def work(page):
    print(await to_thread.run_sync(lay_out, page))


async def main():
    to_thread.current_default_thread_limiter().total_tokens = 2
    async with anyio.create_task_group() as tasks:
        for page in ("cover", "index"):
            tasks.start_soon(work, page)


if __name__ == "__main__":
    anyio.run(main)
