import trio


async def load_profile(user, page):
    await trio.sleep(0.2)
    page["profile"] = f"profile of {user}"


async def load_orders(user, page):
    await trio.sleep(0.15)
    page["orders"] = [f"order of {user}"]


async def load_offers(region, page):
    await trio.sleep(0.25)
    page["offers"] = [f"offer in {region}"]


async def home_page(user, region):
    page = {}
    async with trio.open_nursery() as nursery:
        nursery.start_soon(load_profile, user, page)
        nursery.start_soon(load_orders, user, page)
        nursery.start_soon(load_offers, region, page)
    print(sorted(page))


if __name__ == "__main__":
    trio.run(home_page, "ada", "north")
