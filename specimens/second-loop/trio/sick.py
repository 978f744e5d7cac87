import trio


async def send_mail(address):
    await trio.sleep(0.15)
    print(f"sent to {address}")


def notify_everyone(addresses):
    for address in addresses:
        trio.run(send_mail, address)


if __name__ == "__main__":
    notify_everyone(["ada@example.org", "bob@example.org", "eve@example.org", "jo@example.org"])
