# Ctrl-C in the selector of a loop without asyncio.run's own handler: the traceback goes through the selector.
import asyncio
import os
import signal
import threading
import time


def press():
    time.sleep(0.15)
    os.kill(os.getpid(), signal.SIGINT)


loop = asyncio.new_event_loop()
threading.Thread(target=press).start()
try:
    loop.run_until_complete(asyncio.sleep(30, loop.create_future()))
finally:
    for task in asyncio.all_tasks(loop):
        task.cancel()
    loop.close()
    print("closed", flush=True)
