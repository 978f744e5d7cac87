# Very many threads at one time, most of them asleep, some with a loop of their own.
# args: 300
# heavy: 10000
import asyncio
import sys
import threading

threading.stack_size(128 * 1024)
go = threading.Event()
total = 0
lock = threading.Lock()


async def work(number):
    await asyncio.sleep(0)
    return number


def run(number):
    global total
    go.wait()
    found = asyncio.run(work(number)) if number % 50 == 0 else number
    with lock:
        total += found


def main(count):
    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    started = []
    for thread in threads:
        try:
            thread.start()
        except RuntimeError:
            break  # as many as the system allows
        started.append(thread)
    go.set()
    for thread in started:
        thread.join()
    print(threading.active_count(), total == sum(range(len(started))), len(started) // 100 * 100)


main(int(sys.argv[1]))
