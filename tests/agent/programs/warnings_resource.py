# flags: -W always
import asyncio
import subprocess
import sys


def leak():
    open(__file__)


async def main():
    leak()
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(0.2)"])
    process.pid = 7
    del process


asyncio.run(main())
loop = asyncio.new_event_loop()
del loop
