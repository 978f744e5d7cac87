"""I open the page in two tabs and the second one is served after the first.  Is FastAPI broken?"""

import asyncio
import http.client
import socket
import threading

import fastapi
import uvicorn

app = fastapi.FastAPI()


@app.get("/slow")
async def slow():
    await asyncio.sleep(0.25)
    return {"done": True}


def browser(port):
    """Holds back a second request for the same address until the first one is answered."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    for tab in range(5):
        connection.request("GET", "/slow")
        print("tab", tab, connection.getresponse().read())
    connection.close()


async def main():
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    while not server.started:
        await asyncio.sleep(0.01)
    client = threading.Thread(target=browser, args=(listening.getsockname()[1],))
    client.start()
    await asyncio.to_thread(client.join)
    server.should_exit = True
    await serving


asyncio.run(main())
