"""From sqlite3 to aiosqlite: the import takes four times as long."""

import asyncio

import aiosqlite


class Readings:
    def __init__(self, connection):
        self.connection = connection

    async def latest(self, sensor):
        async with self.connection.execute(
            "select max(id), value from reading where sensor = ?", (sensor,)
        ) as cursor:
            return await cursor.fetchone()

    async def add(self, sensor, value):
        await self.connection.execute("insert into reading (sensor, value) values (?, ?)", (sensor, value))


async def main():
    async with aiosqlite.connect(":memory:") as connection:
        await connection.execute("create table reading (id integer primary key, sensor text, value real)")
        await connection.execute("create index by_sensor on reading (sensor)")
        readings = Readings(connection)
        for number in range(2000):
            _, value = await readings.latest(f"s{number % 40}")
            if value != number % 11:
                await readings.add(f"s{number % 40}", number % 11)
        await connection.commit()
        print(connection.total_changes, "rows")


asyncio.run(main())
