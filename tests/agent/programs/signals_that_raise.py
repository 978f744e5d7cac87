# A handler that raises wherever the loop happens to be: none of it may be swallowed.
# flags: -W ignore
import asyncio
import signal
import sys

sys.unraisablehook = lambda _: None  # in finalizers and weak references Python itself drops it


class Alarm(Exception):
    pass


raised = caught = 0


def handler(_, frame):
    global raised
    while frame is not None and frame.f_code.co_name != "_run_once":
        frame = frame.f_back
    if frame is not None:
        raised += 1
        raise Alarm


def note(loop, context):
    global caught
    if isinstance(context.get("exception"), Alarm):
        caught += 1


async def work():
    for _ in range(100):
        await asyncio.sleep(0)


async def main():
    await asyncio.gather(*(work() for _ in range(5)))


signal.signal(signal.SIGALRM, handler)
for n in range(150):
    loop = asyncio.new_event_loop()
    loop.set_exception_handler(note)
    loop.call_later(0.02, loop.stop)
    before = caught
    signal.setitimer(signal.ITIMER_REAL, 0.0002 + n * 0.00001)
    try:
        loop.run_until_complete(main())
    except Alarm:
        caught = before + 1
    except RuntimeError:
        pass  # stopped: the alarm took the step of a task with it
    signal.setitimer(signal.ITIMER_REAL, 0)
    loop._ready.clear()
    for task in asyncio.all_tasks(loop):
        task._log_destroy_pending = False
    loop.close()
print(raised > 30, "lost: %d" % (raised - caught) if raised - caught > 3 else "none lost")
