import asyncio


class Connection:
    async def execute(self, statement):
        await asyncio.sleep(0.1)
        return statement.upper()


class ConnectionPool:
    def __init__(self, size):
        self._idle = asyncio.Queue()
        for _ in range(size):
            self._idle.put_nowait(Connection())

    async def execute(self, statement):
        connection = await self._idle.get()
        try:
            return await connection.execute(statement)
        finally:
            self._idle.put_nowait(connection)


async def handle_request(pool, number):
    return await pool.execute(f"select {number}")


async def main():
    pool = ConnectionPool(size=12)
    rows = await asyncio.gather(*(handle_request(pool, number) for number in range(12)))
    print(rows[-1])


if __name__ == "__main__":
    asyncio.run(main())
