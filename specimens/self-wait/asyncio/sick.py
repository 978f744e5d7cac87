import asyncio
import concurrent.futures


async def fetch_rate(currency):
    await asyncio.sleep(0.2)
    return {"EUR": 1.08, "GBP": 1.27}[currency]


def rate(currency, loop):
    """For callers that cannot await."""
    future = asyncio.run_coroutine_threadsafe(fetch_rate(currency), loop)
    try:
        return future.result(timeout=0.5)
    except concurrent.futures.TimeoutError:
        return None


async def invoice(amount):
    await asyncio.sleep(0.01)
    exchange = rate("EUR", asyncio.get_running_loop())
    print("no rate" if exchange is None else f"{amount * exchange:.2f}")


async def keep_line_open():
    await asyncio.sleep(0.75)
    print("line closed")


async def main():
    await asyncio.gather(invoice(100), keep_line_open())


if __name__ == "__main__":
    asyncio.run(main())
