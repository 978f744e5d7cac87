"""Tornado: why is one request served at a time?"""

import asyncio
import time

import tornado.httpclient
import tornado.httpserver
import tornado.netutil
import tornado.web


class Report(tornado.web.RequestHandler):
    async def get(self):
        rows = self.load_rows()
        self.write({"rows": rows})

    def load_rows(self):
        time.sleep(0.2)
        return 3


async def main():
    sockets = tornado.netutil.bind_sockets(0, "127.0.0.1")
    server = tornado.httpserver.HTTPServer(tornado.web.Application([("/report", Report)]))
    server.add_sockets(sockets)
    client = tornado.httpclient.AsyncHTTPClient()
    url = f"http://127.0.0.1:{sockets[0].getsockname()[1]}/report"
    answers = await asyncio.gather(*(client.fetch(url) for _ in range(4)))
    print([answer.body for answer in answers])
    server.stop()
    await server.close_all_connections()


asyncio.run(main())
