"""I hand jobs to my printer's thread with queue.put and it answers with call_soon_threadsafe; five at once are slow."""

import asyncio
import queue
import threading
import time

orders = queue.Queue()


def printer(loop):
    while True:
        order = orders.get()
        if order is None:
            return
        text, answer = order
        time.sleep(0.05)
        loop.call_soon_threadsafe(answer.set_result, f"printed {text}")


async def print_label(text):
    answer = asyncio.get_running_loop().create_future()
    orders.put((text, answer))
    return await answer


async def main():
    thread = threading.Thread(target=printer, args=(asyncio.get_running_loop(),))
    thread.start()
    print(await asyncio.gather(*(print_label(f"label {number}") for number in range(8))))
    orders.put(None)
    thread.join()


asyncio.run(main())
