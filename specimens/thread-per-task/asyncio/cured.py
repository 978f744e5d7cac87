import asyncio


async def ask(device):
    await asyncio.sleep(0.3)
    return f"device {device} is on"


async def main():
    replies = await asyncio.gather(*(ask(device) for device in range(60)))
    print(f"{len(replies)} devices answered")


if __name__ == "__main__":
    asyncio.run(main())
