"""MQTT-like client thread puts into asyncio.Queue directly."""

import asyncio
import threading
import time


class MqttClient:
    def __init__(self, on_message):
        self.on_message = on_message

    def loop_start(self):
        threading.Thread(target=self._run, name="mqtt", daemon=True).start()

    def _run(self):
        for n in range(5):
            time.sleep(0.05)
            self.on_message(f"temperature {n}")


async def main():
    queue = asyncio.Queue()

    def on_message(payload):
        queue.put_nowait(payload)

    client = MqttClient(on_message)
    client.loop_start()

    async def housekeeping():
        while True:
            await asyncio.sleep(0.3)

    keeper = asyncio.create_task(housekeeping())
    for _ in range(5):
        print(await queue.get())
    keeper.cancel()


asyncio.run(main())
