import asyncio
import time

CPU_PER_MESSAGE = 0.002
spent = 0.0


def score(message):
    global spent
    started = time.perf_counter()
    total = 0
    finish = time.thread_time() + CPU_PER_MESSAGE
    while time.thread_time() < finish:
        total = (total + sum(byte * message for byte in range(500))) % 65_521
    spent += time.perf_counter() - started
    return total


async def receive(message):
    await asyncio.sleep(0.01 * (message % 10))
    return score(message)


async def main():
    scores = await asyncio.gather(*(receive(message) for message in range(200)))
    print(f"{len(scores)} messages scored in {spent:.3f} s")


if __name__ == "__main__":
    asyncio.run(main())
