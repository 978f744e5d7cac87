# env: PYTHONASYNCIODEBUG=1
import asyncio
import logging
import time

logging.basicConfig(level=logging.ERROR)


async def fails():
    raise ValueError("x")


async def main():
    loop = asyncio.get_running_loop()
    print(loop.get_debug(), loop.slow_callback_duration)
    task = loop.create_task(fails())
    await asyncio.sleep(0)
    del task
    await asyncio.sleep(0)
    import threading

    caught = []

    def elsewhere():
        try:
            loop.call_soon(print)
        except RuntimeError as error:
            caught.append(error)

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    print(caught)


asyncio.run(main())
