import asyncio
import threading
import time


def compute_route(loop, route):
    time.sleep(0.1)
    loop.call_soon_threadsafe(route.set_result, ["north", "east"])


async def animate():
    await asyncio.sleep(0.5)
    print("animated")


async def show(route):
    started = time.perf_counter()
    steps = await route
    print(f"{len(steps)} steps after {time.perf_counter() - started:.1f} s")


async def main():
    loop = asyncio.get_running_loop()
    route = loop.create_future()
    threading.Thread(target=compute_route, args=(loop, route), name="router").start()
    await asyncio.gather(show(route), animate())


if __name__ == "__main__":
    asyncio.run(main())
