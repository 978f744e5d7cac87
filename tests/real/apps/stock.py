"""A FastAPI service on SQLAlchemy's async engine, whose pool is smaller than what it is asked for at once."""

import os

import fastapi
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

DATABASE = os.environ["DATABASE"]

engine = create_async_engine(
    f"sqlite+aiosqlite:///{DATABASE}",
    pool_size=2,
    max_overflow=0,
)
app = fastapi.FastAPI()


async def count_items(connection, shelf):
    await connection.execute(text("select pause(0.03)"))
    found = await connection.execute(
        text("select count(*) from items where shelf = :shelf"), {"shelf": shelf}
    )
    return found.scalar_one()


@app.get("/stock/{shelf}")
async def stock(shelf: int):
    async with engine.connect() as connection:
        await prepare(connection)
        return {"shelf": shelf, "items": await count_items(connection, shelf)}


async def prepare(connection):
    """A database that takes its time, as one across a network does."""
    import time

    raw = await connection.get_raw_connection()
    await raw.driver_connection.create_function("pause", 1, time.sleep)
