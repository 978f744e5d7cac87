"""Each of the three dependencies takes 0.1 s and needs none of the others; still the page takes 0.3 s."""

import asyncio
import socket

import aiohttp
import fastapi
import uvicorn

app = fastapi.FastAPI()


async def current_user():
    await asyncio.sleep(0.1)  # stands for a token service
    return "ada"


async def feature_flags():
    await asyncio.sleep(0.1)
    return {"new-menu": True}


async def exchange_rates():
    await asyncio.sleep(0.1)
    return {"EUR": 1.09}


@app.get("/dashboard")
async def dashboard(
    user=fastapi.Depends(current_user),
    flags=fastapi.Depends(feature_flags),
    rates=fastapi.Depends(exchange_rates),
):
    return {"user": user, "flags": flags, "rates": rates}


async def main():
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listening.getsockname()[1]}/dashboard"
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    while not server.started:
        await asyncio.sleep(0.01)
    async with aiohttp.ClientSession() as session:
        for _ in range(3):
            async with session.get(url) as answer:
                print(await answer.json())
    server.should_exit = True
    await serving


asyncio.run(main())
