"""How a module writes a library's function, and the import that it lacks."""

from __future__ import annotations

import ast

from asyncwhy.fix.edits import Draft
from asyncwhy.source.python import Parsed


def backend(parsed: Parsed) -> str:
    """The library whose tasks the module's coroutines are: asyncio, unless only trio or anyio is imported."""
    bound = parsed.names.scope_bindings(parsed.module.tree).values()
    roots = {b.name.partition(".")[0] for each in bound for b in each if b.how == "import"}
    if "asyncio" in roots:
        return "asyncio"
    return next((name for name in ("trio", "anyio") if name in roots), "asyncio")


def process_call(parsed: Parsed | None, job: str) -> str:
    """What runs a job in another process in the module's library."""
    if parsed is None or backend(parsed) == "asyncio":
        return f"loop.run_in_executor(process_pool, {job})"
    return f"anyio.to_process.run_sync({job})"  # on trio, too


def thread_call(parsed: Parsed) -> str:
    """What sends a call to a worker thread in the module's library."""
    name = backend(parsed)
    return "asyncio.to_thread" if name == "asyncio" else f"{name}.to_thread.run_sync"


def reference(parsed: Parsed, draft: Draft, wanted: str, at: ast.AST) -> str | None:
    """How to write `wanted` (`asyncio.sleep`) at a node; the import is added to the draft if it is missing.

    None where the module's name means something else there.
    """
    module, _, member = wanted.partition(".")
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
