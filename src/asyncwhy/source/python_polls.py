"""Loops that only look whether something has happened: what they ask, and whether they do anything themselves."""

from __future__ import annotations

import ast

from asyncwhy.source.interface import Poll
from asyncwhy.source.python_loops import enclosing_loop
from asyncwhy.source.python_module import Module, dotted, shorten
from asyncwhy.source.python_pace import looks_at_clock
from asyncwhy.source.python_paths import bound_paths, read_paths, uses
from asyncwhy.source.python_resources import tokens

_CHANGES = frozenset("append add pop popleft popitem remove discard update extend insert clear".split())
#: Methods that tell at once whether something has happened elsewhere.
_QUESTIONS = frozenset(
    "poll done is_set is_alive empty full locked running ready exists is_file cancelled is_connected".split()
)
#: Words in the names of calls that look whether something has happened, and of those that only tell.
_LOOKS = frozenset("poll check refresh peek probe look scan".split())
_TALKS = frozenset("print log logger logging console stdout stderr debug info warning spinner".split())
_LEAVES = (ast.Break, ast.Return, ast.Raise)


def poll_at(module: Module, line: int, alone: bool = False) -> Poll | None:
    """The loop around the await on a line, if its turns only ask for something that others must bring about.

    `alone`: nothing else that it awaits suspends.  None for a loop that comes nearer to its end by itself in every
    turn: a counter, a list worked off.
    """
    for node in module.nodes:
        if isinstance(node, ast.Await) and node.lineno <= line <= (node.end_lineno or node.lineno):
            loop = enclosing_loop(module, node)
            if isinstance(loop, ast.While | ast.For):
                return _poll(module, loop, node, alone)
    return None


def spin_at(module: Module, line: int) -> Poll | None:
    """The loop on a line that asks without a pause whether something outside has happened, and does nothing else.

    None where the question is a call that may be the work itself, or a look at the clock: that is computing.
    """
    for node in module.nodes:
        if isinstance(node, ast.While) and node.lineno <= line <= (node.end_lineno or node.lineno):
            question = _only_question(node)
            if question is not None and all(map(_asks, _calls(question))):
                return Poll(shorten(module.segment(question)), node.lineno)
    return None


def _only_question(loop: ast.While) -> ast.expr | None:
    body = [part for part in loop.body if not isinstance(part, ast.Pass | ast.Continue)]
    if any(isinstance(part, ast.Await) for part in ast.walk(loop)):
        return None
    if not isinstance(loop.test, ast.Constant):
        return None if body else loop.test
    match body:
        case [ast.If(test=question, body=[ast.Break() | ast.Return()], orelse=[])]:
            return question
        case _:
            return None


def _calls(question: ast.expr) -> list[ast.Call]:
    return [part for part in ast.walk(question) if isinstance(part, ast.Call)]


def _asks(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr in _QUESTIONS


def _poll(module: Module, loop: ast.While | ast.For, waits: ast.Await, alone: bool) -> Poll | None:
    questions = _questions(loop, waits)
    if not questions or (not alone and _awaits_more(loop, waits)):
        return None
    if isinstance(loop, ast.For) and uses(loop.body, bound_paths(loop.target)):
        return None
    asked: set[str] = set()
    for question in questions:
        asked |= read_paths(question)
    if asked & _progress(loop.body) or _works(loop.body):
        return None
    by_clock = any(map(looks_at_clock, questions)) or bool(asked & _moved_by_time(loop.body))
    return Poll(shorten(module.segment(questions[0])), loop.lineno, by_clock)


def _questions(loop: ast.While | ast.For, waits: ast.Await) -> list[ast.expr]:
    """The loop's own condition, those that leave it, and the one under which it waits."""
    found = []
    if isinstance(loop, ast.While) and not isinstance(loop.test, ast.Constant):
        found.append(loop.test)
    for statement in loop.body:
        if isinstance(statement, ast.If):
            waiting = any(part is waits for part in ast.walk(statement))
            leaving = any(isinstance(part, _LEAVES) for part in ast.walk(statement))
            if waiting or leaving:
                found.append(statement.test)
        if isinstance(statement, ast.Try):
            for handler in statement.handlers:
                if handler.type is not None and any(part is waits for part in ast.walk(handler)):
                    found.append(handler.type)
    return found


def _awaits_more(loop: ast.While | ast.For, waits: ast.Await) -> bool:
    """Whether something else is awaited in every turn."""
    test = ast.walk(loop.test) if isinstance(loop, ast.While) else ()
    if any(isinstance(part, ast.Await) and part is not waits for part in test):
        return True
    for statement in loop.body:
        for part in ast.walk(statement):
            if (
                isinstance(part, ast.Await)
                and part is not waits
                and not isinstance(statement, ast.If | ast.Try)
            ):
                return True
    return False


def _works(body: list[ast.stmt]) -> bool:
    """Whether every turn does something for its own sake: more than to look, or to tell how far things are."""
    for statement in body:
        if isinstance(statement, ast.If) and any(
            isinstance(part, ast.Continue) for part in ast.walk(statement)
        ):
            return False
        call = statement.value if isinstance(statement, ast.Expr) else None
        if not isinstance(call, ast.Call):
            continue
        words = set(
            tokens(call.func.attr if isinstance(call.func, ast.Attribute) else dotted(call.func) or "")
        )
        if isinstance(call.func, ast.Attribute):
            words |= _TALKS.intersection(tokens(dotted(call.func.value) or ""))
        if not words & (_LOOKS | _TALKS):
            return True
    return False


def _moved_by_time(body: list[ast.stmt]) -> set[str]:
    """What every turn works out from the clock: time moves it on, however often it is asked."""
    moved: set[str] = set()
    for statement in body:
        match statement:
            case ast.Assign(targets=targets, value=value) if looks_at_clock(value) or moved & read_paths(
                value
            ):
                moved = moved.union(*(bound_paths(target) for target in targets))
            case ast.AugAssign(target=target, value=value) if looks_at_clock(value) or moved & read_paths(
                value
            ):
                moved |= bound_paths(target)
            case _:
                pass
    return moved


def _progress(body: list[ast.stmt]) -> set[str]:
    """What every turn moves on: counted up or down, made of its former self, taken from; not what time does."""
    return _moved(body) - _moved_by_time(body)


def _moved(body: list[ast.stmt]) -> set[str]:
    moved: set[str] = set()
    for statement in body:
        match statement:
            case ast.AugAssign():
                moved |= bound_paths(statement.target)
            case ast.Assign():
                for target in statement.targets:
                    moved |= bound_paths(target) & read_paths(statement.value)
            case _:
                pass
        if isinstance(statement, ast.Expr | ast.Assign | ast.AugAssign):
            for part in ast.walk(statement):
                if isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute):
                    if part.func.attr in _CHANGES:
                        moved |= read_paths(part.func.value)
    return moved
