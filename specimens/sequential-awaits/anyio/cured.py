import anyio


async def load_profile(user, page):
    await anyio.sleep(0.2)
    page["profile"] = f"profile of {user}"


async def load_orders(user, page):
    await anyio.sleep(0.15)
    page["orders"] = [f"order of {user}"]


async def load_offers(region, page):
    await anyio.sleep(0.25)
    page["offers"] = [f"offer in {region}"]


async def home_page(user, region):
    page = {}
    async with anyio.create_task_group() as group:
        group.start_soon(load_profile, user, page)
        group.start_soon(load_orders, user, page)
        group.start_soon(load_offers, region, page)
    print(sorted(page))


if __name__ == "__main__":
    anyio.run(home_page, "ada", "north")
