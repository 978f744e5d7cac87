import asyncio


async def ping(ball, rounds):
    for number in range(rounds):
        await ball.put(number)


async def pong(ball, rounds):
    total = 0
    for _ in range(rounds):
        total += await ball.get()
    return total


async def referee():
    await asyncio.sleep(0.2)
    print("time is up")


async def main():
    ball = asyncio.Queue(maxsize=1)
    _, total, _ = await asyncio.gather(ping(ball, 6000), pong(ball, 6000), referee())
    print(f"sum of all rounds: {total}")


if __name__ == "__main__":
    asyncio.run(main())
