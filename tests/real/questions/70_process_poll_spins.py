"""Popen then wait() in a coroutine."""

import asyncio
import subprocess
import sys


async def run_linter(path):
    process = subprocess.Popen([sys.executable, "-S", "-c", "import time; time.sleep(0.2)"])
    while process.poll() is None:
        pass
    return path, process.returncode


async def main():
    print(await asyncio.gather(run_linter("a.py"), run_linter("b.py")))


asyncio.run(main())
