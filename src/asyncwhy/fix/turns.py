"""A loop that awaits in every turn -> one `await asyncio.gather(...)` over what it runs through."""

from __future__ import annotations

import ast

from asyncwhy.fix.chain import needs_parentheses
from asyncwhy.fix.edits import Draft
from asyncwhy.fix.imports import backend, reference
from asyncwhy.model import Remedy, Safety
from asyncwhy.source import Await, PythonSource
from asyncwhy.source.python import Parsed
from asyncwhy.source.python_loops import enclosing_loop
from asyncwhy.source.python_module import own_nodes
from asyncwhy.source.python_paths import bound_paths

TOGETHER = "start all turns together with `asyncio.gather`"
BOUNDED = (
    "or at most 8 at a time, where the other side has a limit: `semaphore = asyncio.Semaphore(8)` before the "
    "loop, and `async with semaphore:` around the call"
)
GROUPS = {
    "anyio": "start all turns in one task group: `async with anyio.create_task_group() as group:` around it",
    "trio": "start all turns in one nursery: `async with trio.open_nursery() as nursery:` around it",
}
LIMITS = {name: BOUNDED.replace("asyncio.Semaphore", f"{name}.CapacityLimiter") for name in GROUPS}
PER_ITEM = (
    "start a task for each item: `async with asyncio.TaskGroup() as group:` around the loop, and in it "
)
_REPEATABLE = frozenset({"range", "enumerate", "zip", "sorted", "list", "tuple", "reversed"})
_GROUPS = frozenset({"TaskGroup", "create_task_group", "open_nursery"})
_VIEWS = frozenset({"items", "keys", "values"})


def await_in_loop_remedies(source: PythonSource, file: str, one: Await) -> tuple[Remedy, ...]:
    """The ways to overlap the turns of the innermost loop around an await."""
    parsed = source.parsed(file)
    node = None if parsed is None else parsed.awaits.node(one)
    if parsed is None:
        return (Remedy(TOGETHER, Safety.SKETCH), Remedy(BOUNDED, Safety.SKETCH))
    name = backend(parsed)
    if isinstance(node, ast.AsyncWith) and one.call.rpartition(".")[2] in _GROUPS:
        once = f"open `{one.call}` once, around the loop: its end then waits for all turns together"
        return (Remedy(once, Safety.SKETCH), Remedy(LIMITS.get(name, BOUNDED), Safety.SKETCH))
    if not isinstance(node, ast.Await) and name == "asyncio":
        return (Remedy(TOGETHER, Safety.SKETCH), Remedy(BOUNDED, Safety.SKETCH))
    if not isinstance(node, ast.Await) or name != "asyncio":
        return (Remedy(GROUPS[name], Safety.SKETCH), Remedy(LIMITS[name], Safety.SKETCH))
    loop = enclosing_loop(parsed.module, node)
    if isinstance(loop, ast.AsyncFor):
        task = f"`group.create_task({parsed.module.segment(node.value)})`"
        return (Remedy(PER_ITEM + task, Safety.SKETCH), Remedy(BOUNDED, Safety.SKETCH))
    diff = None
    if isinstance(loop, ast.For):
        diff = _for_diff(parsed, loop, node)
    elif isinstance(loop, ast.comprehension):
        diff = _comprehension_diff(parsed, loop, node)
    safety = Safety.SKETCH if diff is None else Safety.CHANGES_BEHAVIOUR
    return (Remedy(TOGETHER, safety, diff), Remedy(BOUNDED, Safety.SKETCH))


def _comprehension_diff(parsed: Parsed, loop: ast.comprehension, node: ast.Await) -> str | None:
    """`[await f(x) for x in xs]` -> `await asyncio.gather(*[f(x) for x in xs])`, a list as well."""
    whole = parsed.module.parents.get(loop)
    if (
        not isinstance(whole, ast.ListComp)
        or whole.elt is not node
        or any(g.is_async for g in whole.generators)
    ):
        return None
    draft = Draft(parsed.module)
    gather = reference(parsed, draft, "asyncio.gather", whole)
    if gather is None or _awaits_in(whole) != 1:
        return None
    inner = draft.text[draft.end(node) : draft.end(whole)]
    before = draft.text[draft.start(whole) : draft.start(node)]
    text = f"await {gather}(*{before}{draft.written(node.value)}{inner})"
    if needs_parentheses(parsed, whole):
        text = f"({text})"
    draft.replace(draft.start(whole), draft.end(whole), text)
    return draft.diff()


def _for_diff(parsed: Parsed, loop: ast.For, node: ast.Await) -> str | None:
    draft = Draft(parsed.module)
    first = loop.body[0]
    leaves = any(isinstance(n, ast.Break | ast.Return | ast.Yield) for n in own_nodes(loop))
    if loop.orelse or leaves or _awaits_in(loop) != 1 or parsed.module.statement_of(node) is not first:
        return None
    if isinstance(first, ast.For | ast.While | ast.If | ast.With | ast.Try | ast.Match) or _inside_inner(
        parsed, node
    ):
        return None
    if first.lineno == loop.lineno or (gather := reference(parsed, draft, "asyncio.gather", loop)) is None:
        return None
    target, iterable = draft.written(loop.target), draft.written(loop.iter)
    operand = draft.written(node.value)
    if "\n" in operand or "#" in draft.text[draft.end(loop.iter) : draft.start(first)]:
        return None
    overlapped = f"await {gather}(*({operand} for {target} in {iterable}))"
    start, end = draft.start(loop), draft.end(loop)
    collected = _collected(first, node)
    if len(loop.body) == 1 and isinstance(first, ast.Expr) and first.value is node:
        draft.replace(start, end, overlapped)
        return draft.diff()
    if len(loop.body) == 1 and collected is not None and not bound_paths(loop.target) & {collected}:
        draft.replace(start, end, f"{collected}.extend({overlapped})")
        return draft.diff()
    return _zipped(parsed, draft, loop, node, overlapped)


def _zipped(parsed: Parsed, draft: Draft, loop: ast.For, node: ast.Await, overlapped: str) -> str | None:
    """The loop stays for what it does with each result; `zip` gives it item and result."""
    if not _repeatable(loop.iter):
        return None
    first = loop.body[0]
    target, iterable = draft.written(loop.target), draft.written(loop.iter)
    if isinstance(loop.target, ast.Tuple) and not target.startswith("("):
        target = f"({target})"
    name = _fresh(parsed, "result")
    if (bound := _bound_name(first, node)) is not None and len(loop.body) > 1:
        name = bound
        last = first.end_lineno or first.lineno
        if loop.body[1].lineno == last or "#" in draft.text[draft.end(first) : draft.line_start(last + 1)]:
            return None
        draft.replace(draft.line_start(first.lineno), draft.line_start(last + 1), "")
    else:
        draft.replace(draft.start(node), draft.end(node), name)
    header = f"for {target}, {name} in zip({iterable}, {overlapped}):"
    colon = draft.text.find(":", draft.end(loop.iter))
    draft.replace(draft.start(loop), colon + 1, header)
    return draft.diff()


def _bound_name(statement: ast.stmt, node: ast.Await) -> str | None:
    """The name, where the statement is `name = await ...`."""
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if value is node:
            return name
    return None


def _collected(statement: ast.stmt, node: ast.Await) -> str | None:
    """The list's name, where the statement is `name.append(await ...)`."""
    match statement:
        case ast.Expr(
            value=ast.Call(
                func=ast.Attribute(value=ast.Name(id=name), attr="append"), args=[only], keywords=[]
            )
        ) if only is node:
            return name
    return None


def _repeatable(iterable: ast.expr) -> bool:
    """Whether the iterable may be run through twice: nothing that a first pass uses up."""
    match iterable:
        case ast.Name() | ast.Attribute() | ast.List() | ast.Tuple() | ast.Subscript():
            return True
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return name in _REPEATABLE and all(map(_repeatable, arguments))
        case ast.Call(func=ast.Attribute(value=owner, attr=name), args=[]):
            return name in _VIEWS and _repeatable(owner)
        case ast.Constant():
            return True
    return False


def _inside_inner(parsed: Parsed, node: ast.Await) -> bool:
    """Whether the await stands where the statement may pass it by, or in a scope of its own."""
    passing = (ast.IfExp, ast.BoolOp, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
    for outer in parsed.module.ancestors(node):
        if isinstance(outer, passing):
            return True
        if isinstance(outer, ast.stmt):
            return False
    return False


def _awaits_in(node: ast.AST) -> int:
    kinds = (ast.Await, ast.AsyncFor, ast.AsyncWith)
    return sum(isinstance(inner, kinds) for inner in ast.walk(node))


def _fresh(parsed: Parsed, name: str) -> str:
    taken = {node.id for node in parsed.module.nodes if isinstance(node, ast.Name)}
    return name if name not in taken else _fresh(parsed, f"{name}_")
