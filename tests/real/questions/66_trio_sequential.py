"""trio: three look-ups that do not need each other take three times as long."""

import trio


async def look_up(name):
    await trio.sleep(0.15)
    return len(name)


async def summary():
    first = await look_up("weather")
    second = await look_up("traffic")
    third = await look_up("news")
    return first + second + third


async def main():
    print(await summary())


trio.run(main)
