import asyncio
import threading
import time


def late():
    time.sleep(0.1)
    print("late", threading.main_thread().is_alive())


async def main():
    threading.Thread(target=late).start()


asyncio.run(main())
print("end of main")
