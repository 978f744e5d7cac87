"""Flask-like sync handlers call asyncio.run for each request: why so many threads and loops?"""

import asyncio
import http.server
import threading
import urllib.request
from concurrent.futures import ThreadPoolExecutor


async def load(part):
    await asyncio.sleep(0.15)
    return part


async def page():
    return await asyncio.gather(load("header"), load("body"))


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        text = " ".join(asyncio.run(page())).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *arguments):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}/"
with ThreadPoolExecutor(max_workers=4) as clients:
    print(list(clients.map(lambda number: urllib.request.urlopen(url).read(), range(8))))
server.shutdown()
