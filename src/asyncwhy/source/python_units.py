"""A function's body as a row of units: simple statements and the headers of compound ones.

Each unit knows what it reads and what it changes, so that "where does this value go" is one pass over
the row.  Order is that of the source; loops are passed once (turns are the caller's business).
"""

from __future__ import annotations

import ast
from collections.abc import Collection
from dataclasses import dataclass

from asyncwhy.source.python_loops import bound_by, waited_for
from asyncwhy.source.python_module import FunctionNode, Module, dotted
from asyncwhy.source.python_names import Names
from asyncwhy.source.python_paths import bound_paths, read_paths
from asyncwhy.source.python_resources import answers, tokens
from asyncwhy.source.python_state import SharedState

_LOOKS_ONLY = frozenset(
    "print len str repr sum min max sorted list tuple dict set int float isinstance range".split()
)
_TALKS = frozenset("log logger logging console".split())
_DECIDE = (ast.If, ast.While, ast.For, ast.AsyncFor, ast.Match)
EXITS = (ast.Return, ast.Raise, ast.Break, ast.Continue)


@dataclass(frozen=True, slots=True)
class Unit:
    """One simple statement or header.  `binds` are the plain names that it sets anew, `changes` all that
    its targets change; `calls` what each call in it reads and may change; `guards` the headers that
    decide whether it runs, outermost first."""

    node: ast.stmt
    reads: frozenset[str]
    binds: frozenset[str]
    changes: frozenset[str]
    calls: tuple[tuple[frozenset[str], frozenset[str]], ...]
    guards: tuple[ast.stmt, ...]


class Units:
    """Makes the units of one module's statements."""

    def __init__(self, module: Module, names: Names, state: SharedState) -> None:
        """Nothing is worked out before it is asked for."""
        self.module = module
        self.names = names
        self.state = state

    def of(
        self, body: list[ast.stmt], guards: tuple[ast.stmt, ...] = (), duplex: Collection[str] = ()
    ) -> list[Unit]:
        """The units of the statements, in source order; `duplex`: see `may_change`."""
        found: list[Unit] = []
        for statement in body:
            found.append(self._unit(statement, guards, duplex))
            if isinstance(statement, FunctionNode | ast.ClassDef):
                continue
            decides = isinstance(statement, ast.If | ast.While | ast.For | ast.AsyncFor | ast.Match)
            inner = (*guards, statement) if decides else guards
            for block in _blocks(statement):
                found += self.of(block, inner, duplex)
        return found

    def _unit(self, node: ast.stmt, guards: tuple[ast.stmt, ...], duplex: Collection[str]) -> Unit:
        reads: set[str] = set()
        binds: set[str] = set()
        changes: set[str] = set()
        calls: list[tuple[frozenset[str], frozenset[str]]] = []
        for part in header_parts(node):
            reads |= read_paths(part)
            for inner in ast.walk(part):
                if isinstance(inner, ast.NamedExpr):
                    binds |= bound_paths(inner.target)
                elif isinstance(inner, ast.Call):
                    seen = self.state.seen_from(inner).reads
                    calls.append(
                        (frozenset(read_paths(inner) | seen), frozenset(self.may_change(inner, duplex)))
                    )
                    reads |= seen
        for target in _targets(node):
            (binds if isinstance(target, ast.Name | ast.Tuple | ast.List) else changes).update(
                bound_paths(target)
            )
            reads |= _target_reads(target)
        if isinstance(node, ast.AugAssign):
            reads |= bound_paths(node.target)
        if isinstance(node, FunctionNode | ast.ClassDef):
            binds.add(node.name)
        return Unit(
            node, frozenset(reads), frozenset(binds), frozenset(changes | binds), tuple(calls), guards
        )

    def reads(self, node: ast.expr) -> set[str]:
        """What the expression reads, the functions that it calls in this file included."""
        return read_paths(node) | self.state.seen_from(node).reads

    def awaited_reads(self, node: ast.AST) -> set[str]:
        """What an await reads: of an `async with` whose body gives work to it, what that work reads too and what
        decides about it, since its way out waits for it."""
        found = self.reads(waited_for(node))
        given = self._given(node) if isinstance(node, ast.AsyncWith) else []
        if not given:
            return found
        assert isinstance(node, ast.AsyncWith)
        headers = [part for one in node.body for part in ast.walk(one) if isinstance(part, _DECIDE)]
        parts = [part for one in headers for part in header_parts(one)]
        for part in [*given, *parts]:
            found |= read_paths(part) | self.state.seen_from(part).reads
        own = bound_by(self.module, node)
        return {path for path in found if path.partition(".")[0] not in own}

    def _given(self, node: ast.AsyncWith) -> list[ast.Call]:
        """The calls in the body that give what it entered something to run, and are not awaited."""
        contexts = {path for item in node.items if (path := dotted(item.context_expr))}
        contexts |= bound_by(self.module, node)
        return [
            call
            for part in node.body
            for call in ast.walk(part)
            if isinstance(call, ast.Call)
            and isinstance(call.func, ast.Attribute)
            and dotted(call.func.value) in contexts
            and isinstance((*call.args, None)[0], ast.Call | ast.Name | ast.Attribute | ast.Lambda)
            and not isinstance(self.module.parents[call], ast.Await)
        ]

    def may_change(self, call: ast.Call, duplex: Collection[str] = ()) -> set[str]:
        """What a call may change of what it is given: its object, and arguments that are plain paths.

        What `duplex` connections receive is another matter than what is sent by them.
        """
        functions = self.state.called(call)
        if isinstance(call.func, ast.Name) and (
            call.func.id in _LOOKS_ONLY or call.func.id in self.names.classes
        ):
            return set()
        found = set(self.state.seen_from(call).writes)
        owner = dotted(call.func.value) if isinstance(call.func, ast.Attribute) else None
        if owner in duplex and isinstance(call.func, ast.Attribute) and answers(call.func.attr):
            return found
        if owner is not None and not functions and not self._only_talks(owner, call):
            found.add(owner)
        if isinstance(call.func, ast.Name) and not functions:
            found |= {path for argument in call.args if (path := dotted(argument)) is not None}
        return found

    def _only_talks(self, owner: str, at: ast.Call) -> bool:
        root = owner.partition(".")[0]
        imported = any(binding.how in ("import", "local") for binding in self.names.lookup(root, at))
        return imported or bool(_TALKS.intersection(tokens(owner)))


def header_parts(node: ast.stmt) -> list[ast.AST]:
    """The parts of a statement that run before any block of it does."""
    match node:
        case ast.If() | ast.While():
            return [node.test]
        case ast.For() | ast.AsyncFor():
            return [node.iter]
        case ast.With() | ast.AsyncWith():
            return [item.context_expr for item in node.items]
        case ast.Match():
            return [node.subject]
        case ast.Try() | ast.TryStar() | ast.Import() | ast.ImportFrom() | ast.Global() | ast.Nonlocal():
            return []
        case ast.Assign() | ast.AnnAssign() | ast.AugAssign():
            return [node.value] if node.value is not None else []
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return [*node.body, *node.decorator_list]
    return [node]


def _targets(node: ast.stmt) -> list[ast.expr]:
    match node:
        case ast.Assign():
            return node.targets
        case ast.AnnAssign() | ast.AugAssign():
            return [node.target]
        case ast.For() | ast.AsyncFor():
            return [node.target]
        case ast.With() | ast.AsyncWith():
            return [item.optional_vars for item in node.items if item.optional_vars is not None]
        case ast.Delete():
            return node.targets
    return []


def _target_reads(target: ast.expr) -> set[str]:
    """What a target reads: the index of a subscript (what holds it is changed, not read)."""
    return set[str]().union(*(read_paths(n.slice) for n in ast.walk(target) if isinstance(n, ast.Subscript)))


def _blocks(node: ast.stmt) -> list[list[ast.stmt]]:
    if isinstance(node, ast.Match):
        return [case.body for case in node.cases]
    if isinstance(node, ast.Try | ast.TryStar):
        return [node.body, *(handler.body for handler in node.handlers), node.orelse, node.finalbody]
    return [block for name in ("body", "orelse") if (block := getattr(node, name, None))]
