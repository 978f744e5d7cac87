# Loops made and closed by the hundred or the thousand, in the main thread and in others, and executors with them.
# args: 200
# heavy: 5000
import asyncio
import gc
import sys
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor

loops = weakref.WeakSet()


async def work(number):
    loops.add(asyncio.get_running_loop())
    await asyncio.sleep(0)
    return number


async def offload():
    with ThreadPoolExecutor(1) as pool:
        return await asyncio.get_running_loop().run_in_executor(pool, int, "7")


def main(count):
    total = sum(asyncio.run(work(number)) for number in range(count))
    found = []
    for number in range(count):
        thread = threading.Thread(target=lambda: found.append(asyncio.run(work(number))))
        thread.start()
        thread.join()
    sevens = sum(asyncio.run(offload()) for _ in range(count // 4))
    for _ in range(count):
        asyncio.new_event_loop().close()
    gc.collect()
    print(total, sum(found), sevens, len(loops), threading.active_count())


main(int(sys.argv[1]))
