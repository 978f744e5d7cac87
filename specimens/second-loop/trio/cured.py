import trio


async def send_mail(address):
    await trio.sleep(0.15)
    print(f"sent to {address}")


async def notify_everyone(addresses):
    async with trio.open_nursery() as tasks:
        for address in addresses:
            tasks.start_soon(send_mail, address)


if __name__ == "__main__":
    trio.run(
        notify_everyone, ["ada@example.org", "bob@example.org", "eve@example.org", "jo@example.org"]
    )
