import asyncio


async def send_mail(address):
    await asyncio.sleep(0.15)
    print(f"sent to {address}")


async def notify_everyone(addresses):
    await asyncio.gather(*(send_mail(address) for address in addresses))


if __name__ == "__main__":
    asyncio.run(notify_everyone(["ada@example.org", "bob@example.org", "eve@example.org", "jo@example.org"]))
