# Many loops: one after another, one inside a thread, one inside another (refused), nested runs.
import asyncio
import threading


async def work(n):
    await asyncio.sleep(0)
    return n


async def main():
    try:
        asyncio.run(work(1))
    except RuntimeError as error:
        print(error)
    try:
        asyncio.new_event_loop().run_until_complete(work(1))
    except RuntimeError as error:
        print(error)
    result = []
    thread = threading.Thread(target=lambda: result.append(asyncio.run(work(2))))
    thread.start()
    thread.join()
    print(result)


print(sum(asyncio.run(work(n)) for n in range(30)))
asyncio.run(main())
loop = asyncio.new_event_loop()
loop.stop()
loop.run_forever()
loop.close()
try:
    loop.call_soon(print)
except RuntimeError as error:
    print(error)
try:
    loop.run_forever()
except RuntimeError as error:
    print(error)
