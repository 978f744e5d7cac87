"""The header check was moved to threads; three bad mails and the keep-alives are late all the same."""

import asyncio
import re
import time

ADDRESSES = re.compile(r"^(\w+\s?)*@example\.com$")


class MailGate:
    def check(self, recipients):
        return ADDRESSES.match(recipients) is not None

    async def accept(self, recipients):
        return await asyncio.to_thread(self.check, recipients)


async def keepalive(late):
    while True:
        due = time.perf_counter() + 0.02
        await asyncio.sleep(0.02)
        late.append(time.perf_counter() - due)


async def main():
    gate, late = MailGate(), []
    beating = asyncio.create_task(keepalive(late))
    mails = ["bob@example.com"] * 6 + ["averyverylongname123456"] * 3 + ["eve@example.com"] * 6
    answers = await asyncio.gather(*map(gate.accept, mails))
    await asyncio.sleep(0.1)
    beating.cancel()
    print(sum(answers), f"accepted; up to {max(late):.2f} s late")


asyncio.run(main())
