import anyio


async def load_profile(user):
    await anyio.sleep(0.2)
    return f"profile of {user}"


async def load_orders(user):
    await anyio.sleep(0.15)
    return [f"order of {user}"]


async def load_offers(region):
    await anyio.sleep(0.25)
    return [f"offer in {region}"]


async def home_page(user, region):
    profile = await load_profile(user)
    orders = await load_orders(user)
    offers = await load_offers(region)
    print(f"{profile}, {len(orders)} orders, {len(offers)} offers")


if __name__ == "__main__":
    anyio.run(home_page, "ada", "north")
