"""Worker threads take numbers off a queue and fetch each with asyncio.run; a test server has a loop beside them."""

import asyncio
import queue
import threading

import httpx
from aiohttp import web


async def item(request):
    await asyncio.sleep(0.05)
    return web.json_response(int(request.match_info["number"]))


class Backend(threading.Thread):
    ready = threading.Event()

    def run(self):
        asyncio.run(self.serve())

    async def serve(self):
        app = web.Application()
        app.router.add_get("/{number}", item)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        self.ready.set()
        await asyncio.sleep(60)


async def fetch(url):
    async with httpx.AsyncClient(verify=False) as client:
        return (await client.get(url)).json()


def work(jobs, backend, results):
    while (number := jobs.get()) is not None:
        results.append(asyncio.run(fetch(f"{backend.url}/{number}")))


backend = Backend(daemon=True)
backend.start()
backend.ready.wait()
jobs, results = queue.Queue(), []
workers = [threading.Thread(target=work, args=(jobs, backend, results)) for _ in range(3)]
for worker in workers:
    worker.start()
for number in [*range(12), None, None, None]:
    jobs.put(number)
for worker in workers:
    worker.join()
print(sorted(results))
