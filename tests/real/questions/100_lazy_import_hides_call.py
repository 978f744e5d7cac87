"""The vendor's client is quick in my shell; in the handler the first call stops everything for a quarter of a second."""

import asyncio
import importlib
import pathlib
import sys
import tempfile

FOLDER = pathlib.Path(tempfile.mkdtemp(), "site-packages")
(FOLDER / "oldsdk").mkdir(parents=True)
(FOLDER / "oldsdk" / "heavy.py").write_text("import time\ntime.sleep(0.06)\n")
(FOLDER / "oldsdk" / "__init__.py").write_text("""
import time

def fetch():
    import oldsdk.heavy
    for _ in range(20):
        time.sleep(0.01)
""")
sys.path.insert(0, str(FOLDER))

oldsdk = importlib.import_module("oldsdk")


async def handler():
    oldsdk.fetch()


async def beat():
    for _ in range(40):
        await asyncio.sleep(0.02)


async def main():
    beating = asyncio.create_task(beat())
    await asyncio.sleep(0.1)
    await handler()
    await beating


asyncio.run(main())
