import asyncio
import time
from concurrent.futures import Executor, Future


class DirectExecutor(Executor):
    """Easier to debug than threads."""

    def submit(self, function, *arguments, **keywords):
        future = Future()
        future.set_result(function(*arguments, **keywords))
        return future


executor = DirectExecutor()


def read_page(number):
    time.sleep(0.15)
    return f"page {number}"


async def load_page(number):
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(executor, read_page, number)


async def main():
    pages = await asyncio.gather(*(load_page(number) for number in range(4)))
    print(", ".join(pages))


if __name__ == "__main__":
    asyncio.run(main())
