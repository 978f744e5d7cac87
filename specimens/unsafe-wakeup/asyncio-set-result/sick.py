import asyncio
import threading
import time


def compute_route(route):
    time.sleep(0.1)
    route.set_result(["north", "east"])


async def animate():
    await asyncio.sleep(0.5)
    print("animated")


async def show(route):
    started = time.perf_counter()
    steps = await route
    print(f"{len(steps)} steps after {time.perf_counter() - started:.1f} s")


async def main():
    route = asyncio.get_running_loop().create_future()
    threading.Thread(target=compute_route, args=(route,), name="router").start()
    await asyncio.gather(show(route), animate())


if __name__ == "__main__":
    asyncio.run(main())
