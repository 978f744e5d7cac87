import asyncio


async def request_rate(currency):
    await asyncio.sleep(0.3)
    return {"EUR": 1.08, "GBP": 1.27, "CHF": 1.12, "JPY": 0.007}[currency]


async def main():
    currencies = ("EUR", "GBP", "CHF", "JPY")
    rates = await asyncio.gather(*(request_rate(name) for name in currencies))
    for name, rate in zip(currencies, rates):
        print(name, rate)


if __name__ == "__main__":
    asyncio.run(main())
