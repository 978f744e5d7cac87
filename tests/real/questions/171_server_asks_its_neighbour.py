"""As before, but the inventory is a server of its own, in another thread: slow, and no fault of my loop's.  Or is it?"""

import asyncio
import http.server
import threading
import time

import httpx
import requests
import uvicorn
from fastapi import FastAPI

app = FastAPI()


class Inventory(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        time.sleep(0.2)
        self.send_response(204)
        self.end_headers()

    def log_message(self, *arguments):
        pass


@app.get("/ping")
async def ping():
    return "pong"


@app.post("/orders/{number}")
async def order(number: int):
    return requests.get(f"{app.state.inventory}/{number}", timeout=2).status_code


async def main():
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off"))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", verify=False) as browser:
        await asyncio.gather(browser.post("/orders/1"), browser.post("/orders/2"), browser.get("/ping"))
    server.should_exit = True
    await serving


inventory = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Inventory)
threading.Thread(target=inventory.serve_forever, args=(0.02,), daemon=True).start()
app.state.inventory = f"http://127.0.0.1:{inventory.server_port}"
asyncio.run(main())
inventory.shutdown()
