# flags: -W always
# From 3.12 on a fork warns when the process has more than one thread: ours must not be one.
import asyncio
import os
import re
import threading
import time
import warnings


def show(message, category, filename, lineno, *_):
    print(re.sub(r"pid=\d+", "pid", "%s:%s %s %s" % (filename, lineno, category.__name__, message)))


warnings.showwarning = show


def fork():
    pid = os.fork()
    if not pid:
        os._exit(0)
    os.waitpid(pid, 0)


async def main():
    await asyncio.sleep(0.02)
    fork()
    event = threading.Event()
    thread = threading.Thread(target=event.wait)
    thread.start()
    fork()
    event.set()
    thread.join()
    time.sleep(0.01)
    fork()


fork()
asyncio.run(main())
fork()
