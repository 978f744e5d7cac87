"""I use SQLAlchemy's ordinary Session in async endpoints.  Is that a problem?"""

import asyncio
import tempfile
import threading
import time

from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session


async def book(engine, seat):
    with Session(engine) as session:
        session.execute(text("insert into seats values (:seat)"), {"seat": seat})
        session.commit()
    return seat


async def heartbeat():
    for _ in range(20):
        await asyncio.sleep(0.02)


def backup(engine, started):
    with engine.connect() as connection:
        connection.exec_driver_sql("begin immediate")
        started.set()
        time.sleep(0.5)
        connection.rollback()


async def main():
    with tempfile.TemporaryDirectory() as folder:
        engine = create_engine(f"sqlite:///{folder}/seats.db", connect_args={"timeout": 5})
        with engine.begin() as connection:
            connection.execute(text("create table seats (n)"))
        started = threading.Event()
        copying = threading.Thread(target=backup, args=(engine, started))
        copying.start()
        await asyncio.to_thread(started.wait)
        print(await asyncio.gather(book(engine, 1), book(engine, 2), heartbeat()))
        await asyncio.to_thread(copying.join)
        engine.dispose()


asyncio.run(main())
