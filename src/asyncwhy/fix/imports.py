"""How a module writes a library's function, and the import that it lacks."""

from __future__ import annotations

import ast

from asyncwhy.fix.edits import Draft
from asyncwhy.source.python import Parsed

#: Modules whose import brings along all that is written of them here; of others the whole name is imported.
_WHOLE = frozenset({"asyncio", "trio", "anyio", "functools"})


def backend(parsed: Parsed) -> str:
    """The library whose tasks the module's coroutines are: asyncio, unless only trio or anyio is imported."""
    bound = parsed.names.scope_bindings(parsed.module.tree).values()
    roots = {b.name.partition(".")[0] for each in bound for b in each if b.how == "import"}
    if "asyncio" in roots:
        return "asyncio"
    return next((name for name in ("trio", "anyio") if name in roots), "asyncio")


#: What the other libraries of tasks have for asyncio's own; a name that ends in a dot stands for all that begin so.
_COUNTERPARTS = {
    "asyncio.sleep": ("trio.sleep", "anyio.sleep"),
    "asyncio.Lock": ("trio.Lock", "anyio.Lock"),
    "asyncio.Event": ("trio.Event", "anyio.Event"),
    "asyncio.Condition": ("trio.Condition", "anyio.Condition"),
    "asyncio.Semaphore": ("trio.Semaphore", "anyio.Semaphore"),
    "asyncio.BoundedSemaphore": ("trio.Semaphore", "anyio.Semaphore"),
    "asyncio.Queue.": ("trio.open_memory_channel", "anyio.create_memory_object_stream"),
    "asyncio.create_subprocess_": ("trio.run_process", "anyio.run_process"),
    "asyncio.subprocess.": ("trio.run_process", "anyio.run_process"),
    "asyncio.open_connection": ("trio.open_tcp_stream", "anyio.connect_tcp"),
    "asyncio.loop.getaddrinfo": ("trio.socket.getaddrinfo", "anyio.getaddrinfo"),
    "asyncio.loop.getnameinfo": ("trio.socket.getnameinfo", "anyio.getnameinfo"),
    "asyncio.loop.sock_": ("trio.open_tcp_stream", "anyio.connect_tcp"),
}
#: Libraries that run on all three.
_NEUTRAL = frozenset({"httpx", "httpcore", "anyio", "dns", "openai", "anthropic", "concurrent"})


def counterpart(replacement: str, library: str) -> str | None:
    """What stands for the catalogue's replacement in programs of that library of tasks; None where nothing does."""
    if library == "asyncio" or replacement.partition(".")[0] in _NEUTRAL:
        return replacement
    for name, both in _COUNTERPARTS.items():
        if replacement == name or (name[-1] in "._" and replacement.startswith(name)):
            return both[library == "anyio"]
    return None


def process_call(parsed: Parsed | None, job: str) -> str:
    """What runs a job in another process in the module's library."""
    if parsed is None or backend(parsed) == "asyncio":
        return f"loop.run_in_executor(process_pool, {job})"
    return f"anyio.to_process.run_sync({job})"  # on trio, too


def thread_call(parsed: Parsed) -> str:
    """What sends a call to a worker thread in the module's library."""
    name = backend(parsed)
    return "asyncio.to_thread" if name == "asyncio" else f"{name}.to_thread.run_sync"


def one_thread(parsed: Parsed) -> str:
    """What sends calls to one worker thread, one after another, in the module's library."""
    name = backend(parsed)
    if name == "asyncio":
        return "`await loop.run_in_executor(one_thread, function, ...)`, with one ThreadPoolExecutor(max_workers=1)"
    return f"`await {name}.to_thread.run_sync(function, limiter=one)`, with one {name}.CapacityLimiter(1)"


def reference(parsed: Parsed, draft: Draft, wanted: str, at: ast.AST) -> str | None:
    """How to write `wanted` (`asyncio.sleep`) at a node; the import is added to the draft if it is missing.

    None where the module's name means something else there.
    """
    module, _, member = wanted.partition(".")
    if module not in _WHOLE:
        return _submodule(parsed, draft, wanted, at)
    for name, bound in parsed.names.scope_bindings(parsed.module.tree).items():
        if {binding.name for binding in bound if binding.how == "import"} == {wanted}:
            if _means(parsed, name, wanted, at):
                return name
    for name in [module, *parsed.names.scope_bindings(parsed.module.tree)]:
        if _means(parsed, name, module, at):
            return f"{name}.{member}"
    if parsed.names.lookup(module, at):
        return None
    _add_import(parsed.module.tree, draft, module)
    return wanted


def _submodule(parsed: Parsed, draft: Draft, wanted: str, at: ast.AST) -> str | None:
    """The same for a function of a module that has to be imported by its whole name (`dns.asyncresolver`)."""
    module, _, member = wanted.rpartition(".")
    for node in parsed.module.nodes:
        for alias in node.names if isinstance(node, ast.Import) else []:
            name = alias.asname or (alias.name if "." in alias.name else None)
            if alias.name == module and name is not None:
                bound = parsed.names.lookup(name.partition(".")[0], at)
                if bound and all(one.how == "import" for one in bound):
                    return f"{name}.{member}"
    bound = parsed.names.lookup(module.partition(".")[0], at)
    if any(one.how != "import" for one in bound):
        return None
    _add_import(parsed.module.tree, draft, module)
    return wanted


def _means(parsed: Parsed, name: str, wanted: str, at: ast.AST) -> bool:
    bound = parsed.names.lookup(name, at)
    return bool(bound) and all(binding.how == "import" and binding.name == wanted for binding in bound)


def _add_import(tree: ast.Module, draft: Draft, module: str) -> None:
    """Put `import module` among the module's first imports, in their order."""
    line = 1
    if draft.text.removeprefix("\ufeff").startswith("#!"):
        line = 2
    for index, node in enumerate(tree.body):
        docstring = index == 0 and isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        future = isinstance(node, ast.ImportFrom) and node.module == "__future__"
        plain = isinstance(node, ast.Import) and node.names[0].name < module
        if not (docstring or future or plain):
            if isinstance(node, ast.Import | ast.ImportFrom):
                line = node.lineno
            break
        line = (node.end_lineno or node.lineno) + 1
    start = draft.line_start(line)
    broken = start > 0 and draft.text[start - 1] not in "\r\n\ufeff"
    draft.insert(start, f"{draft.newline if broken else ''}import {module}{draft.newline}")
