# flags: -W error
import asyncio
import multiprocessing
import os


def child(queue):
    queue.put(1)


async def main():
    await asyncio.sleep(0.01)
    pid = os.fork()
    if not pid:
        print("child", flush=True)
        os._exit(0)
    os.waitpid(pid, 0)
    queue = multiprocessing.get_context("fork").SimpleQueue()
    process = multiprocessing.get_context("fork").Process(target=child, args=(queue,))
    process.start()
    process.join()
    print(queue.get(), process.exitcode)


asyncio.run(main())
