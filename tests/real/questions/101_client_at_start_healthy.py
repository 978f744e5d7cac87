"""Nothing is slow here: the client's TLS context is made once, before anybody asks."""

import asyncio

import httpx
import uvicorn
from fastapi import Depends, FastAPI


class Weather:
    async def current(self, city):
        await asyncio.sleep(0.15)
        return {"city": city, "degrees": len(city)}


async def weather():
    return Weather()


app = FastAPI()


@app.get("/weather/{city}")
async def read(city: str, service: Weather = Depends(weather)):
    return await service.current(city)


async def main():
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning"))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        for _ in range(3):
            await asyncio.gather(
                *(client.get(f"/weather/{city}") for city in ("rome", "oslo", "bern", "riga"))
            )
    server.should_exit = True
    await serving


asyncio.run(main())
