"""A block of an async function -> the body of a function of its own, which a worker thread runs."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from asyncwhy.fix.chain import Link
from asyncwhy.fix.edits import Draft
from asyncwhy.fix.imports import reference
from asyncwhy.fix.sharing import owned_outside, tells_a_loop
from asyncwhy.source.python import Parsed
from asyncwhy.source.python_module import FunctionNode

Block = ast.With | ast.For | ast.While

_NEEDS_LOOP = (
    ast.Await, ast.AsyncFor, ast.AsyncWith, ast.Yield, ast.YieldFrom, ast.Return, ast.Global, ast.Nonlocal, ast.Match,
)  # fmt: skip
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def block_of(link: Link) -> Block | None:
    """The statement that would have to move with the link's call: the `with` that it opens, the `for` that runs over
    it; None where the call is an expression that can move by itself."""
    parent = link.parsed.module.parents.get(link.call) if link.call is not None else None
    if isinstance(parent, ast.withitem):
        opened = link.parsed.module.parents.get(parent)
        return opened if isinstance(opened, ast.With) else None
    return parent if isinstance(parent, ast.For) and parent.iter is link.call else None


def entered(link: Link, line: int) -> Link:
    """The link at what the `with` of a line enters, where that is no call: `with lock:`."""
    for node in ast.walk(link.function):
        if isinstance(node, ast.With) and node.lineno == line:
            return replace(link, call=node.items[0].context_expr)
    return link


def may_move(parsed: Parsed, block: ast.stmt) -> bool:
    """Whether a thread could run the statement: it neither awaits, yields, returns nor leaves a loop around it, and
    uses nothing that belongs to the loop or to its thread."""
    if owned_outside(parsed, block):
        return False
    for node in _own(block):
        if isinstance(node, _NEEDS_LOOP) or (isinstance(node, ast.comprehension) and node.is_async):
            return False
        if isinstance(node, ast.Break | ast.Continue) and not _leaves_inside(parsed, node, block):
            return False
        if isinstance(node, ast.Name) and node.id in ("super", "__class__", "locals"):
            return False
        if isinstance(node, ast.Call) and tells_a_loop(parsed, node):
            return False
    return True


def moved(parsed: Parsed, function: FunctionNode, block: Block, to_thread: str) -> str | None:
    """The diff that moves the block to a worker thread; None where that cannot be written."""
    draft = Draft(parsed.module)
    last = block.end_lineno or block.lineno
    start, end = draft.line_start(block.lineno), draft.end(block)
    rest = draft.text[end : draft.line_start(last + 1)].strip()
    indent = draft.text[start : draft.start(block)]
    if indent.strip() or (rest and not rest.startswith("#")) or not may_move(parsed, block):
        return None
    inside, outside, read = _bound(_own(block)), _bound(_rest(function, block)), _read(function, block)
    declared = {name for node in _own(function) if isinstance(node, ast.Global) for name in node.names}
    parameters = {one.arg for one in ast.walk(function.args) if isinstance(one, ast.arg)}
    shared = sorted(inside & (outside | parameters))
    results = sorted((inside - outside - parameters) & read)
    if inside & declared or not set(results) <= _surely_bound(block):
        return None
    spelled = reference(parsed, draft, to_thread, block)
    name = _fresh(parsed, "job")
    if spelled is None or draft.text[start - 1 : start] not in ("", "\n", "\r"):
        return None
    unit = "\t" if "\t" in indent else "    "
    lines = [f"{indent}def {name}():"]
    lines += [f"{indent}{unit}nonlocal {', '.join(shared)}"] if shared else []
    lines += _indented(draft, block, unit)
    lines += [f"{indent}{unit}return {', '.join(results)}"] if results else []
    given = f"{', '.join(results)} = " if results else ""
    lines += ["", f"{indent}{given}await {spelled}({name})"]
    draft.replace(start, draft.line_start(last + 1), draft.newline.join(lines) + draft.newline)
    return draft.diff()


def item_by_item(parsed: Parsed, loop: ast.For, to_thread: str) -> str | None:
    """The diff that takes each item of a `for` on a worker thread, where its body has to stay with the loop."""
    draft = Draft(parsed.module)
    if not isinstance(loop.target, ast.Name) or loop.orelse or owned_outside(parsed, loop):
        return None
    start, first = draft.line_start(loop.lineno), loop.body[0]
    colon = draft.text.find(":", draft.end(loop.iter), draft.start(first))
    indent = draft.text[start : draft.start(loop)]
    spelled = reference(parsed, draft, to_thread, loop)
    if colon < 0 or indent.strip() or spelled is None or first.lineno == loop.lineno:
        return None
    name = _fresh(parsed, "items")
    items = f"{name} = iter({draft.written(loop.iter)}){draft.newline}{indent}"
    turn = f"while ({loop.target.id} := await {spelled}(next, {name}, {name})) is not {name}:"
    draft.replace(draft.start(loop), colon + 1, items + turn)
    return draft.diff()


def _own(node: ast.AST) -> Iterator[ast.AST]:
    """The node and all in it that runs when it runs: bodies of nested functions left out."""
    pending: list[ast.AST] = [node]
    while pending:
        inner = pending.pop()
        yield inner
        if inner is node or not isinstance(inner, _SCOPES):
            pending.extend(ast.iter_child_nodes(inner))


def _rest(function: FunctionNode, block: ast.stmt) -> Iterator[ast.AST]:
    """What of the function runs outside the block."""
    pending: list[ast.AST] = list(function.body)
    while pending:
        inner = pending.pop()
        if inner is block:
            continue
        yield inner
        if not isinstance(inner, _SCOPES):
            pending.extend(ast.iter_child_nodes(inner))


def _bound(nodes: Iterator[ast.AST]) -> set[str]:
    """The names that the nodes bind in the scope they stand in, those of comprehensions left out."""
    found: set[str] = set()
    private: set[int] = set()
    for node in nodes:
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load) and id(node) not in private:
            found.add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found |= {alias.asname or alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ExceptHandler) and node.name:
            found.add(node.name)
        elif isinstance(node, _COMPREHENSIONS):  # before its own nodes: `nodes` come from the outside in
            private |= {id(inner) for one in node.generators for inner in ast.walk(one.target)}
    return found


def _read(function: FunctionNode, block: ast.stmt) -> set[str]:
    """The names that the function, and what it nests, reads outside the block."""
    inside = {id(node) for node in ast.walk(block)}
    return {node.id for node in ast.walk(function) if isinstance(node, ast.Name) and id(node) not in inside}


def _surely_bound(block: Block) -> set[str]:
    """The names that are bound whenever the block was run to its end."""
    if not isinstance(block, ast.With):
        return set()
    found = _bound(
        node for item in block.items if item.optional_vars for node in ast.walk(item.optional_vars)
    )
    for statement in block.body:
        if isinstance(statement, ast.Assign | ast.AnnAssign | ast.AugAssign):
            found |= _bound(_own(statement))
        elif isinstance(statement, ast.With):
            found |= _surely_bound(statement)
    return found


def _leaves_inside(parsed: Parsed, node: ast.AST, block: ast.stmt) -> bool:
    """Whether the loop that a `break` or `continue` belongs to lies within the block, or is it."""
    inner = node
    for outer in parsed.module.ancestors(node):
        if isinstance(outer, ast.For | ast.While) and all(inner is not one for one in outer.orelse):
            return True
        if outer is block:
            return False
        inner = outer
    return False


def _indented(draft: Draft, block: ast.stmt, unit: str) -> list[str]:
    """The block's lines, one level deeper; a line that begins within a string stays as it is."""
    kept: set[int] = set()
    for node in ast.walk(block):
        if isinstance(node, ast.JoinedStr) or (
            isinstance(node, ast.Constant) and isinstance(node.value, str | bytes)
        ):
            kept |= set(range(node.lineno + 1, (node.end_lineno or node.lineno) + 1))
    lines = []
    for number in range(block.lineno, (block.end_lineno or block.lineno) + 1):
        text = draft.text[draft.line_start(number) : draft.line_start(number + 1)].rstrip("\r\n")
        lines.append(text if number in kept or not text.strip() else unit + text)
    return lines


def _fresh(parsed: Parsed, name: str) -> str:
    taken = {node.id for node in parsed.module.nodes if isinstance(node, ast.Name)}
    taken |= {node.arg for node in parsed.module.nodes if isinstance(node, ast.arg)}
    taken |= {node.name for nodes in parsed.module.functions.values() for node in nodes}
    return name if name not in taken else _fresh(parsed, f"{name}_")
