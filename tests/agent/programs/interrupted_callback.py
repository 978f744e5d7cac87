# Ctrl-C inside a callback of a loop that has no handler for it.
import asyncio
import os
import signal


def callback():
    os.kill(os.getpid(), signal.SIGINT)
    for _ in range(100000):
        pass


loop = asyncio.new_event_loop()
loop.call_soon(callback)
try:
    loop.run_forever()
finally:
    print("running", loop.is_running())
    loop.close()
