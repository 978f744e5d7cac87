"""Calls in an `async def` that the next release hands to a thread, or replaces: candidates for `bugs.json`.

    .venv/bin/python -m benchmarks.check.drawing FOLDER PACKAGE OLD NEW ...

The syntax trees of two releases are compared, function by function; `check` is not asked.  One JSON object per line.
A person reads them before they enter the set: that the call can wait at all, no tree says.
"""

from __future__ import annotations

import ast
import json
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

from benchmarks.check.recall import release

#: What sends a function elsewhere, by the last part of its name, and where the function stands among the arguments.
_SENDING = {
    "to_thread": 0, "run_in_executor": 1, "run_sync": 0, "run_in_threadpool": 0, "run_in_thread": 0, "sync_to_async": 0,
    "async_add_executor_job": 0, "add_executor_job": 0, "run_sync_in_worker_thread": 0, "run_in_executor_async": 0,
    "asyncify": 0, "make_async": 0, "run_blocking": 0, "to_thread_run_sync": 0, "submit": 0, "run_async": 0,
    "run_sync_in_thread": 0, "io_bound": 0, "cpu_bound": 0, "call_in_thread": 0, "run_in_background": 0,
}  # fmt: skip
#: What blocks, and the last part of what takes its place.
_REPLACED = {
    "time.sleep": ("sleep",), "open": ("open", "open_file", "async_open"), "subprocess.run": ("create_subprocess_exec",),
    "subprocess.check_output": ("create_subprocess_exec",), "requests.get": ("get",), "requests.post": ("post",),
    "socket.gethostbyname": ("getaddrinfo",), "socket.getaddrinfo": ("getaddrinfo",), "os.path.exists": ("exists",),
    "os.makedirs": ("makedirs",), "os.remove": ("remove", "unlink"), "os.listdir": ("listdir",),
}  # fmt: skip
Functions = dict[str, ast.AsyncFunctionDef]


def coroutines(text: str) -> Functions:
    """The `async def` of a file, by their qualified names."""
    found: Functions = {}

    def walk(node: ast.AST, prefix: str) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                if isinstance(child, ast.AsyncFunctionDef):
                    found[prefix + child.name] = child
                walk(child, f"{prefix}{child.name}.")
            else:
                walk(child, prefix)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        walk(ast.parse(text), "")
    return found


def own(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes that run when the function does."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            yield child
            yield from own(child)


def last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def sent(function: ast.AsyncFunctionDef) -> dict[str, int]:
    """What a function hands to threads: as written -> line."""
    nested = {one.name: one for one in ast.walk(function) if isinstance(one, ast.FunctionDef)}
    found: dict[str, int] = {}
    for node in own(function):
        if isinstance(node, ast.Call):
            position = _SENDING.get(last(node.func))
            if position is not None and len(node.args) > position:
                for name in _called(node.args[position], nested):
                    found.setdefault(name, node.lineno)
    return found


def _called(node: ast.expr, nested: dict[str, ast.FunctionDef]) -> Iterator[str]:
    if isinstance(node, ast.Call) and last(node.func) == "partial" and node.args:
        yield from _called(node.args[0], nested)
    elif isinstance(node, ast.Lambda):
        yield from (ast.unparse(one.func) for one in ast.walk(node.body) if isinstance(one, ast.Call))
    elif isinstance(node, ast.Name) and node.id in nested:
        inside = own(nested[node.id])
        yield from (ast.unparse(one.func) for one in inside if isinstance(one, ast.Call))
    elif isinstance(node, ast.Name | ast.Attribute):
        yield ast.unparse(node)


def calls(function: ast.AsyncFunctionDef, *, awaited: bool) -> dict[str, int]:
    """What a function calls on the loop: as written -> line."""
    nodes = list(own(function))
    waited = {id(node.value) for node in nodes if isinstance(node, ast.Await)}
    waited |= {
        id(item.context_expr) for node in nodes if isinstance(node, ast.AsyncWith) for item in node.items
    }
    found: dict[str, int] = {}
    for node in nodes:
        if isinstance(node, ast.Call) and (id(node) in waited) is awaited:
            found.setdefault(ast.unparse(node.func), node.lineno)
    return found


def compared(before: ast.AsyncFunctionDef, after: ast.AsyncFunctionDef) -> Iterator[tuple[str, int, int]]:
    """(call, line before, line after) of what blocked before and does not after."""
    old, new = calls(before, awaited=False), calls(after, awaited=False)
    gone, handed = sent(before), sent(after)
    for name, line in handed.items():
        if name in old and name not in gone and name not in new:
            yield name, old[name], line
    waited_before, waited = calls(before, awaited=True), calls(after, awaited=True)
    for name, others in _REPLACED.items():
        if name in old and name not in new and name not in handed:
            for other, line in waited.items():
                if other.rpartition(".")[2] in others and other not in waited_before:
                    yield name, old[name], line
                    break


def drawn(folder: Path, package: str, old: str, new: str) -> Iterator[dict[str, object]]:
    before, after = release(folder, package, old), release(folder, package, new)
    for path in sorted(before.rglob("*.py")):
        name = str(path.relative_to(before))
        other = after / name
        if not other.is_file() or "/tests/" in f"/{name}":
            continue
        try:
            olds, news = coroutines(path.read_text()), coroutines(other.read_text())
        except (SyntaxError, ValueError):
            continue
        for qualname in olds.keys() & news.keys():
            for call, line, fixed in compared(olds[qualname], news[qualname]):
                yield {
                    "package": package, "old": old, "new": new, "file": name, "function": qualname, "call": call,
                    "line": line, "fixed": fixed,
                }  # fmt: skip


if __name__ == "__main__":
    package, *versions = sys.argv[2:]
    for old, new in zip(versions, versions[1:], strict=False):
        for bug in drawn(Path(sys.argv[1]), package, old, new):
            print(json.dumps(bug))
