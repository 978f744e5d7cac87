# Forks in quick succession while loops run, threads compute and jobs are done; from the main thread and from others.
# flags: -W ignore
import asyncio
import os
import threading
import time

stop = False


def compute():
    while not stop:
        sum(range(2000))
        time.sleep(0)


def fork(code):
    pid = os.fork()
    if pid == 0:
        total = asyncio.new_event_loop().run_until_complete(child())
        os._exit(code + total)
    return os.waitpid(pid, 0)[1] >> 8


async def child():
    await asyncio.sleep(0)
    return 1


async def main():
    loop = asyncio.get_running_loop()
    codes = []
    for number in range(8):
        await asyncio.gather(*(asyncio.sleep(0) for _ in range(20)))
        if number % 2:
            codes.append(await loop.run_in_executor(None, fork, number))
        else:
            asyncio._set_running_loop(None)
            codes.append(fork(number))
            asyncio._set_running_loop(loop)
    print(codes)


threads = [threading.Thread(target=compute) for _ in range(2)]
for thread in threads:
    thread.start()
asyncio.run(main())
stop = True
for thread in threads:
    thread.join()
print(threading.active_count())
