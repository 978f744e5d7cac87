import queue

import trio

rates = queue.Queue()


async def fetch_rate(currency):
    await trio.sleep(0.2)
    rates.put({"EUR": 1.08, "GBP": 1.27}[currency])


async def invoice(amount):
    await trio.sleep(0.01)
    try:
        exchange = rates.get(timeout=0.5)  # only `fetch_rate` puts anything there, and it cannot run
    except queue.Empty:
        exchange = None
    print("no rate" if exchange is None else f"{amount * exchange:.2f}")


async def keep_line_open():
    await trio.sleep(0.75)
    print("line closed")


async def main():
    async with trio.open_nursery() as nursery:
        nursery.start_soon(fetch_rate, "EUR")
        nursery.start_soon(invoice, 100)
        nursery.start_soon(keep_line_open)


if __name__ == "__main__":
    trio.run(main)
