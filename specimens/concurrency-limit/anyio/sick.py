import anyio


class Geocoder:
    def __init__(self):
        self._slots = anyio.CapacityLimiter(2)

    async def locate(self, city):
        async with self._slots:
            await anyio.sleep(0.12)
            return len(city)


async def main():
    geocoder = Geocoder()
    async with anyio.create_task_group() as group:
        for number in range(10):
            group.start_soon(geocoder.locate, f"city-{number}")
    print("10 cities located")


if __name__ == "__main__":
    anyio.run(main)
