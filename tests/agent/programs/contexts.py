import asyncio
import contextvars

place = contextvars.ContextVar("place", default="nowhere")


async def work(n):
    place.set(n)
    await asyncio.sleep(0.002)
    return place.get()


async def main():
    print(await asyncio.gather(*(work(n) for n in range(4))), place.get())
    loop = asyncio.get_running_loop()
    context = contextvars.copy_context()
    context.run(place.set, "elsewhere")
    loop.call_soon(lambda: print(place.get()), context=context)
    loop.call_later(0.001, lambda: print(place.get()), context=context)
    loop.call_soon_threadsafe(lambda: print(place.get()), context=context)
    await asyncio.sleep(0.01)
    place.set("main")
    print(len(contextvars.copy_context()))
    try:
        loop.call_soon(print, context=3)
        await asyncio.sleep(0)
    except TypeError as error:
        print(error)


asyncio.run(main())
