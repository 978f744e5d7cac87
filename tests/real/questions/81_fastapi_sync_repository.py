"""FastAPI + sync SQLAlchemy session inside async def."""

import asyncio

import httpx
from fastapi import FastAPI
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
app = FastAPI()

HEAVY = "with recursive c(x) as (select 1 union all select x+1 from c where x < 300000) select sum(x) from c"


class Repository:
    def __init__(self, session):
        self.session = session

    def revenue(self):
        return self.session.execute(text(HEAVY)).scalar_one()


@app.get("/revenue")
async def revenue():
    with Session(engine) as session:
        return {"revenue": Repository(session).revenue()}


@app.get("/ping")
async def ping():
    return "pong"


async def main():
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://t") as client:
        paths = ["/revenue", "/ping", "/revenue", "/ping"]
        print([a.status_code for a in await asyncio.gather(*map(client.get, paths))])


asyncio.run(main())
