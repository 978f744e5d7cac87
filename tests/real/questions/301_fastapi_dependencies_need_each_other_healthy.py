"""Is it wrong that my dependencies run one after another?  Each takes what the one before found."""

import asyncio
import socket
from typing import Annotated

import aiohttp
import fastapi
import uvicorn

app = fastapi.FastAPI()


async def token(request: fastapi.Request):
    await asyncio.sleep(0.05)
    request.state.tenant = "north"
    return "t-1"


async def current_user(checked: str = fastapi.Depends(token)):
    await asyncio.sleep(0.05)
    return f"user of {checked}"


CurrentUser = Annotated[str, fastapi.Depends(current_user)]


async def orders(user: CurrentUser):
    await asyncio.sleep(0.05)
    return [f"order of {user}"]


async def tenant_settings(request: fastapi.Request):
    await asyncio.sleep(0.05)
    return f"settings of {request.state.tenant}"


@app.get("/orders")
async def show(
    checked: Annotated[str, fastapi.Depends(token)],
    user: CurrentUser,
    found: Annotated[list[str], fastapi.Depends(orders)],
):
    return {"token": checked, "user": user, "orders": found}


@app.get("/settings")
async def settings(
    checked: Annotated[str, fastapi.Depends(token)],
    found: Annotated[str, fastapi.Depends(tenant_settings)],
):
    return {"token": checked, "settings": found}


async def ask(session, url):
    async with session.get(url) as answer:
        return await answer.json()


async def main():
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    base = f"http://127.0.0.1:{listening.getsockname()[1]}"
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    while not server.started:
        await asyncio.sleep(0.01)
    async with aiohttp.ClientSession() as session:
        urls = [f"{base}/{path}" for path in ("orders", "settings", "orders")]
        for answer in await asyncio.gather(*(ask(session, url) for url in urls)):
            print(answer)
    server.should_exit = True
    await serving


asyncio.run(main())
