"""The serial port answers within 50 ms, but my coroutine sees it half a second later."""

import asyncio
import threading
import time


class Port:
    async def ask(self, text):
        self.answer = asyncio.get_running_loop().create_future()
        threading.Thread(target=self._read, args=(text,)).start()
        return await self.answer

    def _read(self, text):
        time.sleep(0.05)
        self.answer.set_result(text.upper())


async def screen_saver():
    await asyncio.sleep(0.6)


async def main():
    answer, _ = await asyncio.gather(Port().ask("status"), screen_saver())
    print(answer)


asyncio.run(main())
