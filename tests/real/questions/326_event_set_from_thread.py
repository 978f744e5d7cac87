"""Three readings come within 0.3 s, each sets an asyncio.Event; my coroutine sees them half a second later."""

import asyncio, threading, time


class Sensor(threading.Thread):
    def __init__(self, on_reading):
        super().__init__(daemon=True)
        self.on_reading = on_reading

    def run(self):
        for i in range(3):
            time.sleep(0.1)
            self.on_reading(i)


async def other():
    while True:
        await asyncio.sleep(0.5)


async def main():
    ready = asyncio.Event()
    readings = []

    def got(value):
        readings.append(value)
        ready.set()

    side = asyncio.create_task(other())
    Sensor(got).start()
    while len(readings) < 3:
        await ready.wait()
        ready.clear()
    side.cancel()
    print(readings)


asyncio.run(main())
