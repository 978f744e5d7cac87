"""Advice that is written for asyncio, in the words of trio."""

from __future__ import annotations

from dataclasses import replace

from asyncwhy.model import Remedy

#: The longest first, where one begins like another.
_IN_TRIO = {
    " (asyncio.Runner keeps one loop for several calls)": "",
    "asyncio.run_coroutine_threadsafe": "trio.from_thread.run",
    "asyncio.create_subprocess_exec": "trio.lowlevel.open_process",
    "asyncio.create_task": "nursery.start_soon",
    "asyncio.wrap_future(future)": "trio.to_thread.run_sync(future.result)",
    "asyncio.to_thread": "trio.to_thread.run_sync",
    "asyncio.TaskGroup": "a nursery",
    "asyncio.Event": "trio.Event",
    "asyncio.Queue": "channel of trio.open_memory_channel",
    "asyncio.Lock": "trio.Lock",
    "asyncio.sleep": "trio.sleep",
    "asyncio.run": "trio.run",
    "asyncio's own": "trio's own",
}


def in_trio(remedy: Remedy) -> Remedy:
    """The remedy with trio's names for asyncio's."""
    title = remedy.title
    for name, other in _IN_TRIO.items():
        title = title.replace(name, other)
    return replace(remedy, title=title.replace("an trio.", "a trio.").replace("an channel", "a channel"))
