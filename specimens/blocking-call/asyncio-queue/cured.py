import asyncio
import threading
import time


def read_sensor(loop, readings):
    for value in (20.5, 20.7, 20.9):
        time.sleep(0.15)
        loop.call_soon_threadsafe(readings.put_nowait, value)


async def record_readings(readings):
    for _ in range(3):
        value = await readings.get()
        print(f"{value:.1f} degrees")


async def blink():
    for _ in range(6):
        await asyncio.sleep(0.03)
    print("blinked")


async def main():
    readings = asyncio.Queue()
    loop = asyncio.get_running_loop()
    threading.Thread(target=read_sensor, args=(loop, readings), name="sensor", daemon=True).start()
    await asyncio.gather(record_readings(readings), blink())


if __name__ == "__main__":
    asyncio.run(main())
