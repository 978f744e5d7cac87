# Coverage in the same process: the lines and branches that it saw, with its C tracer.
# needs: coverage
import asyncio
import threading

import coverage

measured = coverage.Coverage(data_file=None, branch=True, include=[__file__], concurrency=["thread"])
measured.start()


def job(number):
    if number > 3:
        return "large"
    return "small"


async def work(number):
    await asyncio.sleep(0.001)
    return job(number)


async def main():
    found = await asyncio.gather(*(work(number) for number in range(3)))
    in_thread = await asyncio.get_running_loop().run_in_executor(None, job, 9)
    print(found, in_thread)


asyncio.run(main())
thread = threading.Thread(target=lambda: asyncio.run(work(1)))
thread.start()
thread.join()
measured.stop()
print(sorted(measured.get_data().lines(__file__)))
print(sorted(measured.get_data().arcs(__file__)))
