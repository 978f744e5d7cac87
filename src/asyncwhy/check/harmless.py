"""Calls of the catalogue that do not block, as their arguments say."""

from __future__ import annotations

from typing import Any

from asyncwhy.catalog import Entry
from asyncwhy.check.shapes import CALL, CONSTANT, Expr

#: Parameters that, when false or zero, make a call return at once; and the position of the first.
_WAITING = {
    "acquire": ("blocking", "timeout", "block"),
    "get": ("block", "timeout"),
    "put": ("block", "timeout"),
    "join": ("timeout",),
    "wait": ("timeout",),
    "result": ("timeout",),
    "exception": ("timeout",),
    "shutdown": ("wait",),
    "poll": ("timeout",),
    "select": ("timeout",),
    "waitpid": (),
    "sleep": ("secs",),
}
#: Of these the queue must be full, and most have no bound; of those a lock is seldom held for long.
_SELDOM = frozenset(
    "queue.Queue.put multiprocessing.Queue.put threading.Lock.acquire threading.RLock.acquire"
    " threading.Condition.acquire threading.Semaphore.acquire threading.BoundedSemaphore.acquire"
    " threading.Lock.__enter__ threading.RLock.__enter__ threading.Condition.__enter__"
    " threading.Semaphore.__enter__ multiprocessing.Queue.join_thread".split()
)
#: What was read when the archive was opened.
_IN_MEMORY = frozenset(
    f"zipfile.ZipFile.{name}" for name in ("namelist", "infolist", "getinfo", "printdir", "setpassword")
) | frozenset({"io.TextIOWrapper.flush", "io.TextIOWrapper.fileno", "io.TextIOWrapper.tell"})


def is_harmless(
    entry: Entry, func: Expr, args: tuple[Expr, ...], keywords: tuple[tuple[str, Expr], ...]
) -> bool:
    """Whether a call with these arguments returns at once."""
    if entry.name in _SELDOM or entry.name in _IN_MEMORY:
        return True
    if entry.name == "concurrent.futures.Future.result" and type(func) is tuple and type(func[1]) is tuple:
        return bool(
            func[1][0] != CALL
        )  # a future that is kept somewhere: whether it is done, its keeper knows
    owner, _, last = entry.name.rpartition(".")
    if entry.name == "ssl.create_default_context":
        return any(word == "cadata" for word, _ in keywords)
    if entry.name in ("httpx.Client", "httpx.AsyncClient"):
        # Neither reads the trusted certificates: a transport has its own, and without verification there are none.
        given = dict(keywords)
        return given.get("transport") is not None or _is_false(given.get("verify"))
    if entry.name in ("os.waitpid", "os.wait3", "os.wait4"):
        return len(args) > 1 and not _is_false(args[1])  # WNOHANG
    names = _WAITING.get(last)
    if names is None or not owner:
        return False
    if any(word in names and _is_false(value) for word, value in keywords):
        return True
    return bool(args) and _is_false(args[0]) and last != "put"


def _is_false(shape: Any) -> bool:
    return type(shape) is tuple and len(shape) == 3 and shape[0] == CONSTANT and not shape[2]
