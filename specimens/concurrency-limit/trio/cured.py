import trio


class Geocoder:
    def __init__(self):
        self._slots = trio.CapacityLimiter(10)

    async def locate(self, city):
        async with self._slots:
            await trio.sleep(0.12)
            return len(city)


async def main():
    geocoder = Geocoder()
    async with trio.open_nursery() as nursery:
        for number in range(10):
            nursery.start_soon(geocoder.locate, f"city-{number}")
    print("10 cities located")


if __name__ == "__main__":
    trio.run(main)
