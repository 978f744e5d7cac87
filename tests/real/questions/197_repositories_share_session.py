"""My statistics page awaits one query after the other. Can it be faster? (Not on one session.)"""

import asyncio
import tempfile
import time

from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine


class Repository:
    def __init__(self, session: AsyncSession):
        self._session = session

    async def count(self):
        return await self._session.scalar(text("select pause(0.06)"))


class Statistics:
    def __init__(self, users: Repository, orders: Repository):
        self.users, self.orders = users, orders

    async def page(self):
        users = await self.users.count()
        orders = await self.orders.count()
        return users + orders


async def main(path):
    engine = create_async_engine(f"sqlite+aiosqlite:///{path}")

    @event.listens_for(engine.sync_engine, "connect")
    def connected(connection, record):
        connection.create_function("pause", 1, lambda length: time.sleep(length) or 1)

    async with async_sessionmaker(engine)() as session:
        statistics = Statistics(Repository(session), Repository(session))
        print(sum([await statistics.page() for _ in range(4)]))
    await engine.dispose()


with tempfile.TemporaryDirectory() as folder:
    asyncio.run(main(f"{folder}/shop.db"))
