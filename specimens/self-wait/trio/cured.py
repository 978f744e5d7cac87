import trio


async def fetch_rate(currency, rates):
    await trio.sleep(0.2)
    await rates.send({"EUR": 1.08, "GBP": 1.27}[currency])


async def invoice(amount, rates):
    await trio.sleep(0.01)
    exchange = await rates.receive()
    print(f"{amount * exchange:.2f}")


async def keep_line_open():
    await trio.sleep(0.75)
    print("line closed")


async def main():
    sending, receiving = trio.open_memory_channel(1)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(fetch_rate, "EUR", sending)
        nursery.start_soon(invoice, 100, receiving)
        nursery.start_soon(keep_line_open)


if __name__ == "__main__":
    trio.run(main)
