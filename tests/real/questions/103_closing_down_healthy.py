"""The ticker has been cancelled, the server in the thread is told to stop, and that takes a moment: nobody waits."""

import asyncio
import http.server
import threading
import urllib.request


class Quotes(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("content-length", "2")
        self.end_headers()
        self.wfile.write(b"42")

    def log_message(self, *args):
        pass


def quote(url):
    with urllib.request.urlopen(url) as answer:
        return answer.read()


async def ticker(gaps):
    loop = asyncio.get_running_loop()
    while True:
        before = loop.time()
        await asyncio.sleep(0.02)
        gaps.append(loop.time() - before)


async def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quotes)
    threading.Thread(target=server.serve_forever, args=(0.2,), daemon=True).start()
    gaps = []
    ticking = asyncio.create_task(ticker(gaps))
    for _ in range(8):
        await asyncio.to_thread(quote, f"http://127.0.0.1:{server.server_port}/")
        await asyncio.sleep(0.25)
    ticking.cancel()
    server.shutdown()
    print(f"longest gap {max(gaps):.3f} s")


asyncio.run(main())
