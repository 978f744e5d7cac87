"""Hashing went to threads, as everybody says; with forty-eight of them the heartbeat comes late."""

import asyncio
import hashlib
import time
from concurrent.futures import ThreadPoolExecutor


def digest(password):
    return hashlib.pbkdf2_hmac("sha256", password.encode(), b"salt", 120_000)


class Accounts:
    def __init__(self, threads):
        self.pool = ThreadPoolExecutor(threads, thread_name_prefix="hash")

    async def login(self, name):
        return await asyncio.get_running_loop().run_in_executor(self.pool, digest, name)


async def heartbeat(late):
    while True:
        due = time.perf_counter() + 0.02
        await asyncio.sleep(0.02)
        late.append(time.perf_counter() - due)


async def main():
    late = []
    beating = asyncio.create_task(heartbeat(late))
    accounts = Accounts(threads=48)
    await asyncio.gather(*(accounts.login(f"user{number}") for number in range(48)))
    beating.cancel()
    print(f"up to {max(late) * 1000:.0f} ms late")


asyncio.run(main())
