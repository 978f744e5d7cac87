"""Do my `def` dependency and endpoint, each in a thread, cost me anything?"""

import asyncio
import socket
import time

import aiohttp
import fastapi
import uvicorn

app = fastapi.FastAPI()
BOOKED = []


def get_ledger():
    return BOOKED


@app.post("/book/{account}")
def book(account: str, ledger: list = fastapi.Depends(get_ledger)):
    time.sleep(0.2)
    ledger.append(account)
    return {"number": len(ledger)}


async def user(session, url):
    for number in range(4):
        async with session.post(f"{url}/book/a{number}") as answer:
            await answer.json()


async def main():
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    while not server.started:
        await asyncio.sleep(0.01)
    async with aiohttp.ClientSession() as session:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        await asyncio.gather(*(user(session, url) for _ in range(15)))
    server.should_exit = True
    await serving
    print(len(BOOKED), "bookings")


asyncio.run(main())
