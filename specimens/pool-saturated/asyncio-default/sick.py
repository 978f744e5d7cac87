import asyncio
import os
import time

WORKERS = min(32, (os.cpu_count() or 1) + 4)  # what asyncio gives a program that sets nothing


def look_up(host):
    time.sleep(0.25)
    return f"10.0.0.{host}"


async def resolve(host):
    address = await asyncio.to_thread(look_up, host)
    return f"host-{host} is {address}"


async def main():
    answers = await asyncio.gather(*(resolve(host) for host in range(WORKERS * 2)))
    print(answers[-1])


if __name__ == "__main__":
    asyncio.run(main())
