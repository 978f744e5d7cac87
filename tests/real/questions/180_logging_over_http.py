"""An access log goes to a collector over HTTP: the page takes as long as the collector."""

import asyncio
import logging
import logging.handlers
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

log = logging.getLogger("access")


class Collector(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        time.sleep(0.04)
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


async def page(number):
    await asyncio.sleep(0.01)
    log.info("served %d", number)


async def main():
    await asyncio.gather(*(page(number) for number in range(12)))
    print("done")


server = ThreadingHTTPServer(("127.0.0.1", 0), Collector)
threading.Thread(target=server.serve_forever, daemon=True).start()
log.setLevel(logging.INFO)
log.addHandler(logging.handlers.HTTPHandler(f"127.0.0.1:{server.server_port}", "/", method="POST"))
asyncio.run(main())
server.shutdown()
