"""Loops that work off what is there: `while names: name = names.pop()`, `while (name := next(rest, None)) is not None`.

Each is a `for` in other words, as long as nothing in it but the taking touches what it works off: who adds to it as he
goes (a crawler's links) needs the turn before.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass

from asyncwhy.source.python_loops import bound_by
from asyncwhy.source.python_module import Module, dotted
from asyncwhy.source.python_paths import read_paths, reads_of, touches

#: Methods that take one thing out of what holds it, at once.
_TAKES = frozenset("pop popleft popitem get_nowait".split())
#: What a condition may ask of it besides whether it is empty.
_ASKS = frozenset("len bool".split())


@dataclass(frozen=True, slots=True)
class Drain:
    """The path of what is worked off, and the names bound to what each turn takes."""

    source: str
    binds: frozenset[str]


def drain_of(module: Module, loop: ast.AST) -> Drain | None:
    """What a `while` works off; None for any other loop, and where a turn does more to it than to take."""
    if not isinstance(loop, ast.While) or loop.orelse:
        return None
    heads = [loop.test, *loop.body[:1]]
    taking = next((call for head in heads for call in _calls(head) if _taken_from(call)), None)
    source = taking and _taken_from(taking)
    if taking is None or not source:
        return None
    binds = bound_by(module, taking)
    asked = read_paths(loop.test) - binds - _ASKS
    if not binds or not asked or not all(touches(path, source) for path in asked - {"next"}):
        return None
    around = [loop.test, *loop.body]
    used = [node for part in around for path, node in reads_of(part) if touches(path, source)]
    own = {id(node) for call in _calls(taking) for node in (call.func, *call.args)}
    asks = {id(node) for _, node in reads_of(loop.test)}
    return Drain(source, frozenset(binds)) if {id(node) for node in used} <= own | asks else None


def _taken_from(call: ast.Call) -> str | None:
    match call:
        case ast.Call(func=ast.Name(id="next"), args=[taken, *_]):
            return dotted(taken)
        case ast.Call(func=ast.Attribute(value=owner, attr=name)) if name in _TAKES:
            return dotted(owner)
    return None


def _calls(node: ast.AST) -> list[ast.Call]:
    return [part for part in ast.walk(node) if isinstance(part, ast.Call)]
