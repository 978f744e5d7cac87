"""Each page says where the next one begins, so that they are asked for one after the other."""

import asyncio


async def page(number, cursor):
    await asyncio.sleep(0.03)
    return {"rows": [number] * 3, "next": cursor + 3}


def rows(loop):
    cursor, found = 0, []
    for number in range(8):
        answer = loop.run_until_complete(page(number, cursor))
        cursor = answer["next"]
        found += answer["rows"]
    return found


loop = asyncio.new_event_loop()
print(len(rows(loop)), "rows")
loop.close()
