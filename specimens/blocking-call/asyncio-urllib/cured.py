import asyncio
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Weather(BaseHTTPRequestHandler):
    def do_GET(self):
        time.sleep(0.2)
        body = f"sunny in {self.path[1:]}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def download(url):
    with urllib.request.urlopen(url) as response:
        return response.read().decode()


async def forecast(port, city):
    print(await asyncio.to_thread(download, f"http://127.0.0.1:{port}/{city}"))


async def main(port):
    await asyncio.gather(*(forecast(port, city) for city in ("Oslo", "Rome", "Bern")))


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Weather)
    threading.Thread(target=server.serve_forever, args=(0.05,), name="weather", daemon=True).start()
    asyncio.run(main(server.server_port))
    server.shutdown()
    server.server_close()
