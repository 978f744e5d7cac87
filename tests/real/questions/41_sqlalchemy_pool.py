"""FastAPI with SQLAlchemy's async engine: under load every request gets slower."""

import asyncio
import tempfile
import time

from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import create_async_engine


def slow(seconds):
    time.sleep(seconds)
    return seconds


async def report(engine, number):
    async with engine.connect() as connection:
        rows = await connection.execute(text("select slow(0.12), :number"), {"number": number})
        return rows.one()[1]


async def main():
    with tempfile.TemporaryDirectory() as folder:
        engine = create_async_engine(f"sqlite+aiosqlite:///{folder}/shop.db", pool_size=2, max_overflow=0)

        @event.listens_for(engine.sync_engine, "connect")
        def with_function(connection, record):
            connection.create_function("slow", 1, slow)

        print(await asyncio.gather(*(report(engine, number) for number in range(10))))
        await engine.dispose()


asyncio.run(main())
