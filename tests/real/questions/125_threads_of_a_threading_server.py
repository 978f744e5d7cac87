"""Which threads run my handler and my timer's function?"""

import asyncio
import http.server
import threading
import time


class Prices(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        time.sleep(0.1)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"12.50")

    def log_message(self, *_):
        pass


def remind():
    time.sleep(0.05)


async def fetch(port):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET / HTTP/1.0\r\n\r\n")
    answer = await reader.read()
    writer.close()
    return answer[-5:]


async def main(port):
    threading.Timer(0.1, remind).start()
    print(await asyncio.gather(*(fetch(port) for _ in range(8))))
    await asyncio.sleep(0.2)


with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Prices) as server:
    threading.Thread(target=server.serve_forever, name="prices").start()
    asyncio.run(main(server.server_port))
    server.shutdown()
