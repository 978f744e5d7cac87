"""A thread of the program's own that mostly sleeps, beside a loop at work."""

import asyncio
import threading


class Metrics(threading.Thread):
    def __init__(self):
        super().__init__(name="metrics", daemon=True)
        self.stopped = threading.Event()
        self.samples = 0

    def run(self):
        while not self.stopped.wait(0.05):
            self.samples += 1


async def request(number):
    await asyncio.sleep(0.1 + (number % 5) * 0.08)
    return number


async def main():
    return await asyncio.gather(*(request(number) for number in range(25)))


if __name__ == "__main__":
    metrics = Metrics()
    metrics.start()
    answers = asyncio.run(main())
    metrics.stopped.set()
    print(f"{len(answers)} answers, {metrics.samples > 2}")
