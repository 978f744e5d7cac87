# How deep a recursion may go before RecursionError, wherever it begins.
import asyncio
import json
import sys
import threading


def deep(n=0):
    try:
        return deep(n + 1)
    except RecursionError:
        return n


def nested():
    levels = 0
    value = []
    try:
        while levels < 100_000:
            levels += 50
            for _ in range(50):
                value = [value]
            json.dumps(value)
    except RecursionError as error:
        return levels, str(error)


async def adeep(n=0):
    try:
        return await adeep(n + 1)
    except RecursionError:
        return n


async def main():
    loop = asyncio.get_running_loop()
    print("task", deep(), await adeep())
    print("nested", nested())
    loop.call_soon(lambda: print("callback", deep()))
    await asyncio.sleep(0.01)
    print("executor", await loop.run_in_executor(None, deep))
    thread = threading.Thread(target=lambda: print("thread", deep()))
    thread.start()
    thread.join()

    def starts_deep(n=0):
        try:
            return starts_deep(n + 1)
        except RecursionError:
            return n

    def overflow():
        def again():
            loop.call_soon(print, "x")
            again()

        again()

    try:
        overflow()
    except RecursionError as error:
        print("overflow", error)
    print("limit", sys.getrecursionlimit())


asyncio.run(main())
