import asyncio
import threading
import time

balances = {"ada": 100, "bob": 50}
ledger = threading.Lock()


def nightly_export():
    with ledger:
        time.sleep(0.25)  # writes the export
        print(f"{len(balances)} accounts exported")


async def deposit(name, amount):
    await asyncio.sleep(0.05)
    ledger.acquire()
    balances[name] += amount
    ledger.release()
    print(f"{name} now has {balances[name]}")


async def serve_page(number):
    for _ in range(5):
        await asyncio.sleep(0.03)
    print(f"page {number} served")


async def main():
    export = asyncio.to_thread(nightly_export)
    await asyncio.gather(export, deposit("ada", 10), serve_page(1), serve_page(2))


if __name__ == "__main__":
    asyncio.run(main())
