import asyncio
import threading
import time


def names():
    return sorted(thread.name for thread in threading.enumerate())


async def main():
    print(threading.active_count(), names())
    loop = asyncio.get_running_loop()
    await asyncio.gather(*(loop.run_in_executor(None, time.sleep, 0.03) for _ in range(3)))
    print(threading.active_count(), names(), threading.current_thread().name)


print(threading.active_count(), threading.main_thread().name)
asyncio.run(main())
print(threading.active_count(), names())


class Mine(threading.Thread):
    def run(self):
        print("mine", self.name, self.daemon, threading.current_thread() is self)


thread = Mine(name="sub\033[31mclass \U0001f40d")
thread.start()
thread.join()
try:
    thread.start()
except RuntimeError as error:
    print(error)
threading.excepthook = lambda args: print("hook", args.exc_type, args.exc_value, args.thread.name)
thread = threading.Thread(target=lambda: 1 / 0, name="divides")
thread.start()
thread.join()
