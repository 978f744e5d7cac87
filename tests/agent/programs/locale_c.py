# env: LC_ALL=C
# env: PYTHONIOENCODING=ascii
# env: PYTHONUTF8=0
import asyncio


async def café():
    await asyncio.sleep(0.002)
    raise ValueError("café 🐍")


asyncio.run(café())
