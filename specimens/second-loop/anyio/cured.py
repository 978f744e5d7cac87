import anyio


async def send_mail(address):
    await anyio.sleep(0.15)
    print(f"sent to {address}")


async def notify_everyone(addresses):
    async with anyio.create_task_group() as tasks:
        for address in addresses:
            tasks.start_soon(send_mail, address)


if __name__ == "__main__":
    anyio.run(
        notify_everyone, ["ada@example.org", "bob@example.org", "eve@example.org", "jo@example.org"]
    )
