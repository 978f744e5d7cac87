import trio


async def wait_for_reply(device):
    await trio.sleep(0.3)


async def ask(device, answered):
    await wait_for_reply(device)
    answered.append(device)


async def main():
    answered = []
    async with trio.open_nursery() as nursery:
        for device in range(60):
            nursery.start_soon(ask, device, answered)
    print(f"{len(answered)} devices answered")


if __name__ == "__main__":
    trio.run(main)
