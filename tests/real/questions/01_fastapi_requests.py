"""Why do my FastAPI requests block each other?  Every endpoint is `async def`."""

import asyncio
import http.server
import socket
import threading
import time

import aiohttp
import fastapi
import requests
import uvicorn

app = fastapi.FastAPI()


@app.get("/price/{article}")
async def price(article: int):
    answer = requests.get(f"http://127.0.0.1:{upstream.server_port}/{article}")
    return {"article": article, "price": answer.text}


class SlowShop(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        time.sleep(0.2)
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"42")

    def log_message(self, *arguments):
        pass


upstream = http.server.ThreadingHTTPServer(("127.0.0.1", 0), SlowShop)


async def ask(session, url):
    async with session.get(url) as answer:
        return await answer.json()


async def main():
    threading.Thread(target=upstream.serve_forever, daemon=True).start()
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    base = f"http://127.0.0.1:{listening.getsockname()[1]}"
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    while not server.started:
        await asyncio.sleep(0.01)
    async with aiohttp.ClientSession() as session:
        print(await asyncio.gather(*(ask(session, f"{base}/price/{n}") for n in range(4))))
    server.should_exit = True
    await serving


asyncio.run(main())
