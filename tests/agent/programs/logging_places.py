# Who logged and who warned, as `findCaller` and `stacklevel` tell it.
import asyncio
import logging
import sys
import threading
import warnings

logging.basicConfig(
    stream=sys.stdout, format="%(pathname)s %(lineno)d %(funcName)s %(threadName)s %(message)s"
)


def speak(level):
    logging.warning("level %d", level, stacklevel=level)
    warnings.warn("level %d" % level, stacklevel=level)


async def main():
    loop = asyncio.get_running_loop()
    for level in (1, 2, 3, 4, 9):
        speak(level)
        loop.call_soon(speak, level)
        await asyncio.sleep(0)
        await loop.run_in_executor(None, speak, level)
        thread = threading.Thread(target=speak, args=(level,), name="t")
        thread.start()
        thread.join()


asyncio.run(main())
