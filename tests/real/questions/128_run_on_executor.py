"""Tornado's run_on_executor does not run my reports in parallel."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor

from tornado.concurrent import run_on_executor


class Reports:
    def __init__(self):
        self.executor = ThreadPoolExecutor(max_workers=1)

    @run_on_executor
    def load(self, customer):
        time.sleep(0.15)
        return f"report of {customer}"


async def show(reports, customer):
    return await reports.load(customer)


async def main():
    reports = Reports()
    print(await asyncio.gather(*(show(reports, f"c{n}") for n in range(6))))


asyncio.run(main())
