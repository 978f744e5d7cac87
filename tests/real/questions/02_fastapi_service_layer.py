"""One slow request makes all others wait.  I only call my service class."""

import asyncio
import socket
import time

import aiohttp
import fastapi
import uvicorn


class MailService:
    def __init__(self, retries):
        self.retries = retries

    def deliver(self, address):
        for attempt in range(self.retries):
            self._try_once(address)
        return f"sent to {address}"

    def _try_once(self, address):
        time.sleep(0.1)


app = fastapi.FastAPI()
mails = MailService(retries=3)


@app.post("/mail/{address}")
async def send(address: str):
    return {"status": mails.deliver(address)}


@app.get("/health")
async def health():
    return {"ok": True}


async def main():
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    base = f"http://127.0.0.1:{listening.getsockname()[1]}"
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    while not server.started:
        await asyncio.sleep(0.01)
    async with aiohttp.ClientSession() as session:

        async def mail():
            async with session.post(f"{base}/mail/ada") as answer:
                print(await answer.json())

        async def check():
            async with session.get(f"{base}/health") as answer:
                print(await answer.json())

        await asyncio.gather(mail(), check(), check(), check())
    server.should_exit = True
    await serving


asyncio.run(main())
