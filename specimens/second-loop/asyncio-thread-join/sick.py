import asyncio
import threading


def run_sync(coroutine):
    """Runs a coroutine from code that cannot await."""
    thread = threading.Thread(target=asyncio.run, args=(coroutine,))
    thread.start()
    thread.join()


async def store(item):
    await asyncio.sleep(0.15)
    print(f"stored {item}")


class Basket:
    def add(self, item):
        run_sync(store(item))


async def shop(item):
    await asyncio.sleep(0.01)
    Basket().add(item)


async def main():
    await asyncio.gather(shop("apples"), shop("bread"), shop("cheese"))


if __name__ == "__main__":
    asyncio.run(main())
