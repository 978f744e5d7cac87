import asyncio
import queue
import threading
import time


class Device:
    """A driver that only blocks, behind a thread that takes one command after the other."""

    def __init__(self):
        self._commands = queue.SimpleQueue()
        threading.Thread(target=self._work, daemon=True).start()

    def _work(self):
        while True:
            command, future = self._commands.get()
            time.sleep(0.1)
            future.get_loop().call_soon_threadsafe(future.set_result, command.upper())

    async def send(self, command):
        future = asyncio.get_running_loop().create_future()
        self._commands.put((command, future))
        return await future


async def main():
    device = Device()
    answers = await asyncio.gather(*(device.send(f"read {number}") for number in range(8)))
    print(answers[-1])


if __name__ == "__main__":
    asyncio.run(main())
