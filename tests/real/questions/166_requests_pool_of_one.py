"""One requests.Session for all of my asyncio.to_thread calls: six threads, and one answer at a time.  Why?"""

import asyncio
import http.server
import threading
import time

import requests
from requests.adapters import HTTPAdapter


class Api(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        time.sleep(0.12)
        self.send_response(204)
        self.end_headers()

    def log_message(self, *arguments):
        pass


class Client:
    def __init__(self, url):
        self.url = url
        self.session = requests.Session()
        self.session.mount("http://", HTTPAdapter(pool_connections=1, pool_maxsize=1, pool_block=True))

    def user(self, number):
        return self.session.get(f"{self.url}/user/{number}", timeout=10).status_code


async def main(url):
    client = Client(url)
    print(await asyncio.gather(*(asyncio.to_thread(client.user, number) for number in range(6))))


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Api)
threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
asyncio.run(main(f"http://127.0.0.1:{server.server_port}"))
server.shutdown()
