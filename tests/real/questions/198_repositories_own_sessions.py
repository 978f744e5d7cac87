"""My statistics page awaits one query after the other, each on a connection of its own. Can it be faster?"""

import asyncio
import tempfile
import time

from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine


class Query:
    def __init__(self, session: AsyncSession):
        self._session = session

    async def count(self):
        return await self._session.scalar(text("select pause(0.2)"))


class Repository:
    def __init__(self, sessions: async_sessionmaker):
        self._sessions = sessions

    async def count(self):
        async with self._sessions() as session:
            return await Query(session).count()


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

    sessions = async_sessionmaker(engine)
    statistics = Statistics(Repository(sessions), Repository(sessions))
    print(await statistics.page())
    await engine.dispose()


with tempfile.TemporaryDirectory() as folder:
    asyncio.run(main(f"{folder}/shop.db"))
