"""Three jobs that fail at first and are tried again, each time later."""

import asyncio


class Flaky:
    def __init__(self, failures):
        self.failures = failures

    async def attempt(self):
        await asyncio.sleep(0.02)
        if self.failures:
            self.failures -= 1
            raise ConnectionError("try again")
        return "ok"


async def with_retries(service):
    pause = 0.05
    while True:
        try:
            return await service.attempt()
        except ConnectionError:
            await asyncio.sleep(pause)
            pause *= 2


async def main():
    print(await asyncio.gather(*(with_retries(Flaky(failures)) for failures in (1, 2, 3))))


if __name__ == "__main__":
    asyncio.run(main())
