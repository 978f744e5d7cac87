"""Our class hides asyncio from its callers.  Why do twelve cities take twelve times as long as one?"""

import asyncio


class Station:
    def __init__(self):
        self.loop = asyncio.new_event_loop()

    async def _read(self, city):
        await asyncio.sleep(0.05)
        return len(city)

    def temperature(self, city):
        task = self.loop.create_task(self._read(city))
        return self.loop.run_until_complete(task)

    def close(self):
        self.loop.close()


def report(station, cities):
    temperatures = {}
    for city in cities:
        temperatures[city] = station.temperature(city)
    return temperatures


station = Station()
result = report(
    station, ["Oslo", "Bergen", "Bodo", "Alta", "Moss", "Molde", "Narvik", "Hamar", "Halden", "Larvik"]
)
print("warmest:", max(result, key=result.get))
station.close()
