"""Which threads does aiosqlite make, and who asked for them?"""

import asyncio
import tempfile

import aiosqlite


async def count(path, table):
    async with aiosqlite.connect(path) as database:
        async with database.execute(
            "with recursive c(x) as (select 1 union all select x+1 from c limit 3000) select count(*) from c"
        ) as cursor:
            return table, (await cursor.fetchone())[0]


async def main():
    with tempfile.TemporaryDirectory() as folder:
        print(
            await asyncio.gather(*(count(f"{folder}/shop.db", name) for name in ("users", "orders", "items")))
        )


asyncio.run(main())
