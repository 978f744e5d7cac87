import asyncio
import threading
import time


def wait_for_button(loop, pressed):
    time.sleep(0.1)
    loop.call_soon_threadsafe(pressed.set_result, "green")


async def keep_alive():
    await asyncio.sleep(0.6)
    print("still there")


async def light(pressed):
    started = time.perf_counter()
    colour = await pressed
    print(f"{colour} after {time.perf_counter() - started:.1f} s")


async def main():
    loop = asyncio.get_running_loop()
    pressed = loop.create_future()
    threading.Thread(target=wait_for_button, args=(loop, pressed), name="button").start()
    await asyncio.gather(light(pressed), keep_alive())


if __name__ == "__main__":
    asyncio.run(main())
