"""What to do about a finding in JavaScript, in words: the call or the construct that mends it."""

from __future__ import annotations

from asyncwhy.causes.draft import Draft
from asyncwhy.model import Remedy, Safety

#: Built-in calls whose other form is not their name without `Sync`.
_OTHERS = {
    "child_process.execSync": "util.promisify(child_process.exec)",
    "child_process.execFileSync": "util.promisify(child_process.execFile)",
    "child_process.spawnSync": "child_process.spawn, and await its `close` event",
    "Atomics.wait": "Atomics.waitAsync",
}
_LOST = {
    "task-lost": ("await it, alone or in a `Promise.all`", "or give it a `.catch` that tells of the error"),
    "never-awaited": (
        "await it",
        "or, if it is meant to run beside: a `.catch` for its errors, and `void` before it",
    ),
}


def javascript_remedies(draft: Draft) -> tuple[Remedy, ...]:
    """The remedies of a draft in a JavaScript file, the best first."""
    if draft.cause == "sequential-awaits":
        names = ", ".join(f"{one.call}(...)" for one in draft.awaits)
        return (Remedy(f"start them together: `await Promise.all([{names}])`", Safety.CHANGES_BEHAVIOUR),)
    if draft.cause == "await-in-loop":
        one = draft.awaits[0]
        over = one.loop.iterable if one.loop is not None else "items"
        return (
            Remedy(
                f"start the turns together: `await Promise.all({over}.map(async (...) => ...))`, in slices of 8 or "
                "through p-limit where the other side has a limit",
                Safety.CHANGES_BEHAVIOUR,
            ),
        )
    if draft.cause == "blocking-call" or (draft.cause == "many-small-holds" and draft.operation != "cpu"):
        return (Remedy(f"await its other form: `{_asynchronous(draft.call)}`", Safety.CHANGES_BEHAVIOUR),)
    if draft.cause in ("cpu-on-loop", "many-small-holds"):
        return (
            Remedy(
                "compute in a worker thread that is kept (worker_threads, piscina)", Safety.CHANGES_BEHAVIOUR
            ),
            Remedy(
                "or in slices, with `await new Promise(setImmediate)` between them", Safety.CHANGES_BEHAVIOUR
            ),
        )
    if draft.cause in _LOST:
        return tuple(Remedy(title, Safety.CHANGES_BEHAVIOUR) for title in _LOST[draft.cause])
    return draft.remedies


def _asynchronous(call: str) -> str:
    """The asynchronous counterpart of a built-in call: `fs.readFileSync` -> `fs.promises.readFile`."""
    if call in _OTHERS:
        return _OTHERS[call]
    name = call.removesuffix("Sync")
    owner, _, last = name.rpartition(".")
    if owner.endswith("fs"):
        return f"fs.promises.{last}"
    return f"util.promisify({name})" if owner in ("crypto", "zlib") else name
