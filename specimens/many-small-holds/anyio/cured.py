import anyio


class Thermometer:
    """On a serial line: an answer takes three milliseconds."""

    async def read(self):
        await anyio.sleep(0.003)
        return 21.5


async def read_at(moment, values):
    await anyio.sleep(moment)
    values.append(await Thermometer().read())


async def main():
    values = []
    async with anyio.create_task_group() as group:
        for number in range(150):
            group.start_soon(read_at, number * 0.002, values)
    print(f"mean {sum(values) / len(values):.1f}")


if __name__ == "__main__":
    anyio.run(main)
