# A profile function and a trace function of the program's stay what they are, and see the same of its own code.
import asyncio
import sys

seen = []


def profile(frame, event, argument):
    if frame.f_code.co_filename == __file__:
        seen.append((event, frame.f_code.co_name))


async def work():
    await asyncio.sleep(0.002)


async def main():
    sys.setprofile(profile)
    await asyncio.gather(work(), work())
    sys.setprofile(None)
    print(sys.getprofile(), sys.gettrace())
    sys.settrace(lambda *_: None)
    await work()
    sys.settrace(None)


asyncio.run(main())
print(seen)
