import asyncio


async def fetch_rate(currency):
    await asyncio.sleep(0.2)
    return {"EUR": 1.08, "GBP": 1.27}[currency]


async def invoice(amount):
    await asyncio.sleep(0.01)
    exchange = await fetch_rate("EUR")
    print("no rate" if exchange is None else f"{amount * exchange:.2f}")


async def keep_line_open():
    await asyncio.sleep(0.75)
    print("line closed")


async def main():
    await asyncio.gather(invoice(100), keep_line_open())


if __name__ == "__main__":
    asyncio.run(main())
