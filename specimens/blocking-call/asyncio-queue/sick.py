import asyncio
import queue
import threading
import time

readings = queue.Queue()


def read_sensor():
    for value in (20.5, 20.7, 20.9):
        time.sleep(0.15)
        readings.put(value)


async def record_readings():
    for _ in range(3):
        value = readings.get()
        print(f"{value:.1f} degrees")
        await asyncio.sleep(0)


async def blink():
    for _ in range(6):
        await asyncio.sleep(0.03)
    print("blinked")


async def main():
    threading.Thread(target=read_sensor, name="sensor", daemon=True).start()
    await asyncio.gather(record_readings(), blink())


if __name__ == "__main__":
    asyncio.run(main())
