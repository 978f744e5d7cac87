"""My FastAPI endpoint is `def`, and my client is async: asyncio.run in it works.  What does it cost?"""

import asyncio
import functools

import httpx
from fastapi import FastAPI


def synchronous(function):
    @functools.wraps(function)
    def wrapper(*arguments):
        return asyncio.run(function(*arguments))

    return wrapper


class Customers:
    @synchronous
    async def name(self, number):
        await asyncio.sleep(0.05)
        return f"customer {number}"


app = FastAPI()


@app.get("/invoice/{number}")
def invoice(number: int):
    return Customers().name(number)


async def main():
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://shop") as client:
        for number in range(8):
            await client.get(f"/invoice/{number}")


asyncio.run(main())
