import time

import trio


class Thermometer:
    """On a serial line: an answer takes three milliseconds."""

    def read(self):
        time.sleep(0.003)
        return 21.5


async def read_at(moment, values):
    await trio.sleep(moment)
    values.append(Thermometer().read())


async def main():
    values = []
    async with trio.open_nursery() as nursery:
        for number in range(150):
            nursery.start_soon(read_at, number * 0.002, values)
    print(f"mean {sum(values) / len(values):.1f}")


if __name__ == "__main__":
    trio.run(main)
