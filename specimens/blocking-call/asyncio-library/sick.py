import asyncio
import os
import site

site.addsitedir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "site-packages"))

import slowdb


async def load_customer(database, number):
    rows = await database.query("select * from customers where id = ?", number)
    print(f"customer {number}: {rows[0]}")
    return rows[0]


async def main():
    database = slowdb.connect("localhost")
    customers = [asyncio.create_task(load_customer(database, number)) for number in range(4)]
    await asyncio.wait(customers)
    print(f"{len(customers)} customers")


if __name__ == "__main__":
    asyncio.run(main())
