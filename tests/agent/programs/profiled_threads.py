# cProfile, and profile and trace functions of all threads, see the same of the program's own code.
import asyncio
import cProfile
import pstats
import threading

seen = []


def profile(frame, event, _):
    if frame.f_code.co_filename == __file__ and event in ("call", "return"):
        seen.append((threading.current_thread().name, event, frame.f_code.co_name))


def job():
    return sum(range(10))


async def work():
    await asyncio.sleep(0.001)
    return job()


def run():
    return asyncio.run(work())


threading.setprofile(profile)
thread = threading.Thread(target=run, name="profiled")
thread.start()
thread.join()
threading.setprofile(None)
print(seen)
threading.settrace(lambda *_: None)
thread = threading.Thread(target=run)
thread.start()
thread.join()
threading.settrace(None)
profiler = cProfile.Profile()
profiler.enable()
run()
profiler.disable()
own = {key[2]: value[:2] for key, value in pstats.Stats(profiler).stats.items() if key[0] == __file__}
print(sorted(own.items()))
