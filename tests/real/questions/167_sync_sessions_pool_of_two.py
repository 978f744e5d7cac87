"""FastAPI, `def` endpoints, SQLAlchemy sessions as in the tutorial: with a few users it gets slow.  More threads?"""

import asyncio
import tempfile
import time

import httpx
from fastapi import Depends, FastAPI
from sqlalchemy import create_engine, event, text
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import QueuePool

folder = tempfile.TemporaryDirectory()
engine = create_engine(f"sqlite:///{folder.name}/shop.db", poolclass=QueuePool, pool_size=2, max_overflow=0)
sessions = sessionmaker(bind=engine)


@event.listens_for(engine, "connect")
def connected(connection, record):
    connection.create_function("remote", 1, time.sleep)  # as slow as a server far away


def get_session():
    with sessions() as session:
        yield session


app = FastAPI()


@app.get("/items/{number}")
def item(number: int, session: Session = Depends(get_session)):
    session.execute(text("select remote(0.1)"))
    return number


async def main():
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://shop") as client:
        await asyncio.gather(*(client.get(f"/items/{number}") for number in range(12)))


asyncio.run(main())
engine.dispose()
folder.cleanup()
