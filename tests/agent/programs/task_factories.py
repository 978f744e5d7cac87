# Tasks of other classes: a subclass, asyncio's own in Python, a future that is none, none at all.
import asyncio


class Mine(asyncio.Task):
    steps = 0

    def get_name(self):
        return "mine"

    def get_coro(self):
        raise RuntimeError("the program's own refusal")


class Other(asyncio.tasks._PyTask):
    pass


async def work(n):
    await asyncio.sleep(0.003)
    return n


async def main(kind):
    loop = asyncio.get_running_loop()
    loop.set_task_factory(lambda loop, coro, **named: kind(coro, loop=loop, **named))
    print(await asyncio.gather(*(work(n) for n in range(3))))
    task = loop.create_task(work(1))
    print(type(task).__name__, await task)
    try:
        await loop.create_task(broken())
    except ValueError as error:
        print(error)


async def broken():
    await asyncio.sleep(0.002)
    raise ValueError("broken")


for kind in (Mine, Other, asyncio.tasks._PyTask, asyncio.tasks._CTask):
    asyncio.run(main(kind))


class Odd(asyncio.Future):
    def __init__(self, coro, loop):
        super().__init__(loop=loop)
        coro.close()
        self.set_result("odd")


async def odd():
    loop = asyncio.get_running_loop()
    loop.set_task_factory(lambda loop, coro, **_: Odd(coro, loop))
    print(await asyncio.ensure_future(work(1)))
    print(await asyncio.Task(work(7)))


asyncio.run(odd())
