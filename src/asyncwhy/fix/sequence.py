"""Consecutive independent awaits -> one `await asyncio.gather(...)`."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from asyncwhy.fix.edits import Draft
from asyncwhy.fix.imports import backend, reference
from asyncwhy.model import Remedy, Safety
from asyncwhy.source import Await, PythonSource
from asyncwhy.source.python import Parsed
from asyncwhy.source.python_paths import touched

TOGETHER = "start them together with `asyncio.gather` (if one fails, the others go on)"
GROUP = "or, from Python 3.11: start each in an `asyncio.TaskGroup`, which cancels the rest when one fails"
GROUPS = {
    "anyio": "start them together in one task group: `async with anyio.create_task_group() as group:`",
    "trio": "start them together in one nursery: `async with trio.open_nursery() as nursery:`",
}
_WIDTH = 88


@dataclass(frozen=True, slots=True)
class Step:
    """A statement that is one await: `target` is what it assigns to, as written ("" for nothing)."""

    statement: ast.Assign | ast.Expr
    operand: ast.expr
    target: str


def sequential_awaits_remedies(
    source: PythonSource, file: str, awaits: tuple[Await, ...]
) -> tuple[Remedy, ...]:
    """The ways to overlap awaits of one function that are not bound to each other."""
    diff = None
    parsed = source.parsed(file)
    if parsed is not None and (name := backend(parsed)) != "asyncio":
        return (Remedy(GROUPS[name], Safety.SKETCH),)
    if parsed is not None and len(awaits) > 1:
        nodes = sorted(
            (parsed.awaits.node(one) for one in awaits), key=lambda node: getattr(node, "lineno", 0)
        )
        steps = _steps(parsed, nodes)
        diff = _gather_diff(parsed, steps) if steps is not None else None
    safety = Safety.SKETCH if diff is None else Safety.CHANGES_BEHAVIOUR
    return (Remedy(TOGETHER, safety, diff), Remedy(GROUP, Safety.SKETCH))


def _steps(parsed: Parsed, nodes: list[ast.AST]) -> list[Step] | None:
    """The awaits as statements of one block; None where one is more than a plain statement."""
    draft = Draft(parsed.module)
    steps: list[Step] = []
    for node in nodes:
        statement = parsed.module.parents.get(node)
        if not isinstance(node, ast.Await):
            return None
        if isinstance(statement, ast.Expr):
            steps.append(Step(statement, node.value, ""))
        elif isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            steps.append(Step(statement, node.value, _target(draft, statement.targets[0])))
        else:
            return None
    blocks = {parsed.module.parents[step.statement] for step in steps}
    return steps if len(blocks) == 1 and _movable(parsed, steps) else None


def _target(draft: Draft, target: ast.expr) -> str:
    text = draft.written(target)
    if isinstance(target, ast.Tuple) and not text.startswith("("):
        return f"({text})"
    return text


def _movable(parsed: Parsed, steps: list[Step]) -> bool:
    """Whether the later awaits may move up to the first, over what stands between."""
    holder = parsed.module.parents[steps[0].statement]
    for name in ("body", "orelse", "finalbody"):
        block = getattr(holder, name, [])
        if any(steps[0].statement is part for part in block):
            break
    else:
        return False
    places = [next((i for i, part in enumerate(block) if part is step.statement), None) for step in steps]
    if None in places:
        return False
    own = [step.statement for step in steps]
    between = [part for part in block[places[0] : places[-1]] if all(part is not one for one in own)]
    units = parsed.dataflow.units.of(between)
    changed = {path for unit in units for path in unit.changes.union(*(changes for _, changes in unit.calls))}
    reads = {path for step in steps[1:] for path in parsed.dataflow.units.reads(step.operand)}
    return touched(reads, changed) is None and not any(isinstance(part, ast.Return) for part in between)


def _gather_diff(parsed: Parsed, steps: list[Step]) -> str | None:
    draft = Draft(parsed.module)
    gather = reference(parsed, draft, "asyncio.gather", steps[0].statement)
    if gather is None or not all(_stands_alone(draft, step.statement) for step in steps):
        return None
    targets = ", ".join(step.target or "_" for step in steps) if any(step.target for step in steps) else ""
    head = f"{targets} = await {gather}(" if targets else f"await {gather}("
    operands = [draft.written(step.operand) for step in steps]
    comments = [_comment(draft, step.statement) for step in steps]
    first = steps[0].statement
    indent = draft.text[draft.line_start(first.lineno) : draft.start(first)]
    line = f"{head}{', '.join(operands)})"
    if any(comments) or "\n" in line or len(indent) + len(line) > _WIDTH:
        rows = [f"{indent}    {text},{note}" for text, note in zip(operands, comments, strict=True)]
        line = draft.newline.join([head, *rows, f"{indent})"])
        end = draft.end(first) + len(comments[0])
    else:
        end = draft.end(first)
    draft.replace(draft.start(first), end, line)
    for step in steps[1:]:
        last = step.statement.end_lineno or step.statement.lineno
        draft.replace(draft.line_start(step.statement.lineno), draft.line_start(last + 1), "")
    return draft.diff()


def _stands_alone(draft: Draft, statement: ast.stmt) -> bool:
    """Whether nothing but a comment shares the statement's lines."""
    before = draft.text[draft.line_start(statement.lineno) : draft.start(statement)]
    rest = _rest(draft, statement).strip()
    return not before.strip() and (not rest or rest.startswith("#"))


def _rest(draft: Draft, statement: ast.stmt) -> str:
    last = statement.end_lineno or statement.lineno
    return draft.text[draft.end(statement) : draft.line_start(last + 1)]


def _comment(draft: Draft, statement: ast.stmt) -> str:
    """The comment that ends the statement's line, the blanks before it included."""
    rest = _rest(draft, statement).rstrip()
    return rest if rest.strip().startswith("#") else ""
