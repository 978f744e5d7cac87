# flags: -I
import asyncio
import sys

asyncio.run(asyncio.sleep(0.01))
print(sys.flags.isolated, sys.path)
