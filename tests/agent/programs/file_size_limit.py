# Files may have 20 kB, and who would write more is told so by a signal: it must tell the program of its own writes only.
import asyncio
import os
import resource
import signal
import sys
import tempfile

told = []
signal.signal(signal.SIGXFSZ, lambda *_: told.append("told"))
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))


async def work():
    for _ in range(200):
        await asyncio.sleep(0.0005)


async def main():
    await asyncio.gather(*(work() for _ in range(100)))
    await asyncio.sleep(0.5)
    print(told)
    with tempfile.TemporaryFile(buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 9_000)
        except OSError as error:
            print(error, os.fstat(file.fileno()).st_size)
    await asyncio.sleep(0)
    print(told)


asyncio.run(main())
signal.signal(signal.SIGXFSZ, signal.SIG_DFL)  # whoever writes too much from here on is killed
print("end")
sys.stdout.flush()
