"""Four threads for four computations, and no speed-up at all."""

import asyncio
import time


def primes(limit):
    finish = time.thread_time() + 0.25
    found = 0
    number = 3
    while time.thread_time() < finish:
        for divisor in range(3, int(number**0.5) + 1, 2):
            if number % divisor == 0:
                break
        else:
            found += 1
        number += 2
    return found > limit


async def main():
    print(await asyncio.gather(*(asyncio.to_thread(primes, limit) for limit in range(4))))


asyncio.run(main())
