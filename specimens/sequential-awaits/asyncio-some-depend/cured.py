import asyncio


async def find_user(name):
    await asyncio.sleep(0.1)
    return {"name": name, "id": 7}


async def load_avatar(user_id):
    await asyncio.sleep(0.2)
    return f"avatar {user_id}"


async def load_friends(user_id):
    await asyncio.sleep(0.2)
    return ["bob", "eve"]


async def show(name):
    user = await find_user(name)
    avatar, friends = await asyncio.gather(load_avatar(user["id"]), load_friends(user["id"]))
    print(user["name"], avatar, friends)


if __name__ == "__main__":
    asyncio.run(show("ada"))
