"""gather does not run my three downloads at the same time."""

import asyncio
import http.server
import threading
import time

import requests


class Slow(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        time.sleep(0.3)
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *arguments):
        pass


async def download(session, url):
    return session.get(url).text


async def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Slow)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    session = requests.Session()
    url = f"http://127.0.0.1:{server.server_port}/"
    print(await asyncio.gather(download(session, url), download(session, url), download(session, url)))


asyncio.run(main())
