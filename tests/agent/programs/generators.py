# Async generators: closed, abandoned, finished by the loop; generator-based coroutines.
import asyncio
import types


async def numbers(name):
    try:
        for n in range(3):
            await asyncio.sleep(0.001)
            yield n
    finally:
        await asyncio.sleep(0)
        print("closed", name)


@types.coroutine
def old():
    yield
    return (yield from asyncio.sleep(0.002, "old").__await__())


class Awaitable:
    def __await__(self):
        yield
        return (yield from asyncio.sleep(0.002, "awaitable").__await__())


kept = None


async def main():
    global kept
    print([n async for n in numbers("all")])
    async for n in numbers("broken off"):
        break
    await asyncio.sleep(0.01)
    kept = numbers("kept")
    print(await kept.__anext__())
    print(await old(), await Awaitable(), await asyncio.ensure_future(Awaitable()))
    generator = numbers("thrown")
    await generator.__anext__()
    try:
        await generator.athrow(ValueError("thrown"))
    except ValueError as error:
        print(error)


asyncio.run(main())
