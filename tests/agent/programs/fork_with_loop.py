# A fork in the middle of a run: the child goes on by itself, and says so by its exit code.
import asyncio
import os
import sys


async def main():
    await asyncio.sleep(0.02)
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        asyncio._set_running_loop(None) if hasattr(asyncio, "_set_running_loop") else None
        asyncio.new_event_loop().run_until_complete(asyncio.sleep(0.02))
        print("child", flush=True)
        os._exit(6)
    print("status", os.waitpid(pid, 0)[1] >> 8)
    pid = os.fork()
    if pid == 0:
        sys.exit(8)
    print("status", os.waitpid(pid, 0)[1] >> 8)
    await asyncio.sleep(0.02)


asyncio.run(main())
print("end", flush=True)
