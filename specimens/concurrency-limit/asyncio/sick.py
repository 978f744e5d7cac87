import asyncio


class Geocoder:
    def __init__(self):
        self._slots = asyncio.Semaphore(2)

    async def locate(self, city):
        async with self._slots:
            await asyncio.sleep(0.12)
            return len(city)


async def main():
    geocoder = Geocoder()
    cities = [f"city-{number}" for number in range(10)]
    places = await asyncio.gather(*(geocoder.locate(city) for city in cities))
    print(f"{len(places)} cities located")


if __name__ == "__main__":
    asyncio.run(main())
