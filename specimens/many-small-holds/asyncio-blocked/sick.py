import asyncio
import time


class Thermometer:
    """On a serial line: an answer takes three milliseconds."""

    def read(self):
        time.sleep(0.003)
        return 21.5


async def read_at(moment):
    await asyncio.sleep(moment)
    return Thermometer().read()


async def main():
    values = await asyncio.gather(*(read_at(number * 0.002) for number in range(150)))
    print(f"mean {sum(values) / len(values):.1f}")


if __name__ == "__main__":
    asyncio.run(main())
