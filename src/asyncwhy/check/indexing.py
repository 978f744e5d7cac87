"""Files to packed summaries, by all cores; what is in the store is not made again."""

from __future__ import annotations

import gc
import marshal
import multiprocessing
import os
import sys
import threading
import warnings
from concurrent.futures import ProcessPoolExecutor

from asyncwhy.check.cache import Signature, Store, signature
from asyncwhy.check.files import Unread, content, decoded, digest
from asyncwhy.check.summary import summarise

#: Below this many files one process is faster than several (starting one costs about 60 ms).
FEW = 40
_BATCH = 24
_NESTING = 2400  # of expressions: visiting one takes about three frames of ours per level

Indexed = tuple[str, bytes, bytes | None, int, str]
"""(path, digest, packed summary or None, line, why there is none)."""


def summary_of(path: str, data: bytes) -> Indexed:
    """One file's summary, or why there is none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _summary(path, data)


def _summary(path: str, data: bytes) -> Indexed:
    key = digest(data)
    kept = sys.getrecursionlimit()
    sys.setrecursionlimit(max(kept, _NESTING * 3))
    try:
        return path, key, marshal.dumps(summarise(decoded(data))), 0, ""
    except SyntaxError as error:
        return path, key, None, error.lineno or 0, f"syntax: {error.msg}"
    except (RecursionError, MemoryError):
        return path, key, None, 0, "nested too deeply"
    except ValueError as error:
        return path, key, None, 0, str(error)
    finally:
        sys.setrecursionlimit(kept)


def _batch(paths: list[str]) -> list[Indexed]:
    gc.disable()  # trees have no cycles, and a visitor breaks its own
    done: list[Indexed] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the checked source's escapes: its own affair
        for path in paths:
            try:
                done.append(_summary(path, content(path)))
            except (OSError, ValueError) as error:
                done.append((path, b"", None, 0, getattr(error, "strerror", None) or str(error)))
    return done


def index(paths: list[str], store: Store) -> tuple[dict[str, bytes], list[Unread]]:
    """The packed summary of each file that could be read, and the others."""
    packed: dict[str, bytes] = {}
    unread: list[Unread] = []
    missing: list[str] = []
    seen: dict[str, Signature] = {}
    for path in paths:
        try:
            seen[path] = signature(path)
            known = store.unchanged(path, seen[path]) or store.get(digest(content(path)))
        except (OSError, ValueError) as error:
            unread.append(Unread(path, 0, getattr(error, "strerror", None) or str(error)))
            continue
        if known is None:
            missing.append(path)
        else:
            packed[path] = known
    for path, key, summary, line, reason in _made(missing):
        if summary is None:
            unread.append(Unread(path, line, reason))
        else:
            packed[path] = summary
            store.put(key, summary)
            store.note(path, seen[path], key)
    return packed, unread


def _made(paths: list[str]) -> list[Indexed]:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if len(paths) < FEW or cores < 2:
        enabled = gc.isenabled()
        done = _batch(paths)
        if enabled:
            gc.enable()
        return done
    batches = [paths[at : at + _BATCH] for at in range(0, len(paths), _BATCH)]
    # A fork starts at once and shares our modules, but whoever has threads (the language server) cannot fork safely.
    way = "spawn" if sys.platform != "linux" else "fork" if threading.active_count() == 1 else "forkserver"
    context = multiprocessing.get_context(way)
    with ProcessPoolExecutor(cores, mp_context=context) as pool:
        return [one for batch in pool.map(_batch, batches) for one in batch]
