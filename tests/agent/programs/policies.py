# flags: -W ignore
# A policy and a loop of the program's own, which override what we replace.
import asyncio


class Loop(asyncio.SelectorEventLoop):
    soon = 0

    def call_soon(self, callback, *args, context=None):
        Loop.soon += 1
        return super().call_soon(callback, *args, context=context)

    def create_task(self, coro, **named):
        task = super().create_task(coro, **named)
        task.mine = True
        return task

    def run_forever(self):
        print("begins")
        try:
            super().run_forever()
        finally:
            print("ends")

    def _run_once(self):
        super()._run_once()

    def time(self):
        return super().time() + 1000


class Policy(asyncio.DefaultEventLoopPolicy):
    def new_event_loop(self):
        return Loop()


async def main():
    print(type(asyncio.get_running_loop()).__name__, asyncio.current_task().mine)
    await asyncio.gather(asyncio.sleep(0.01), asyncio.sleep(0.01))
    print(Loop.soon > 5)


asyncio.set_event_loop_policy(Policy())
asyncio.run(main())
