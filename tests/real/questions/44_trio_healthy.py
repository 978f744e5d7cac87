"""trio with its worker threads: which thread runs what?"""

import time

import trio


def read_sensor(number):
    time.sleep(0.25)
    return number


async def watch(number, answers):
    answers.append(await trio.to_thread.run_sync(read_sensor, number))
    await trio.sleep(0.1)


async def main():
    answers = []
    async with trio.open_nursery() as nursery:
        for number in range(5):
            nursery.start_soon(watch, number, answers)
    print(sorted(answers))


trio.run(main)
