# A program that wraps what we wrapped, and puts it back; and one that looks at what we replaced.
import asyncio
import asyncio.base_events
import inspect
import threading

for owner, name in (
    (asyncio.events.Handle, "_run"),
    (asyncio.base_events.BaseEventLoop, "call_soon"),
    (asyncio.base_events.BaseEventLoop, "call_soon_threadsafe"),
    (asyncio.base_events.BaseEventLoop, "create_task"),
    (asyncio.base_events.BaseEventLoop, "_run_once"),
    (asyncio.base_events.BaseEventLoop, "run_forever"),
    (threading.Thread, "start"),
    (threading.Thread, "_bootstrap_inner"),
):
    function = getattr(owner, name)
    code = function.__code__
    print(name, inspect.signature(function), function.__qualname__, function.__module__, function.__doc__)
    print(code.co_filename, code.co_firstlineno, code.co_name, getattr(code, "co_qualname", ""))
    print(function.__defaults__, function.__kwdefaults__, function.__annotations__, code.co_flags & ~64)
    print(inspect.getsource(function))

calls = []
original = asyncio.events.Handle._run


def _run(self):
    calls.append(1)
    return original(self)


async def main():
    asyncio.events.Handle._run = _run
    await asyncio.sleep(0.01)
    asyncio.events.Handle._run = original
    await asyncio.sleep(0.01)
    print(len(calls))


asyncio.run(main())
