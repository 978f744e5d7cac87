"""Small questions about a syntax tree and its text."""

from __future__ import annotations

import ast
import io
import tokenize

from asyncwhy.check.shapes import ABSTRACT, CLASS_METHOD, DECORATED, PROPERTY, RAISES, STATIC, TRIVIAL

_FLAGS = {
    "staticmethod": STATIC,
    "classmethod": CLASS_METHOD,
    "property": PROPERTY,
    "cached_property": PROPERTY,
    "abstractmethod": ABSTRACT,
}


def decorations(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """The flags that the decorators of a function give it."""
    flags = 0
    for decorator in node.decorator_list:
        inner = decorator.func if isinstance(decorator, ast.Call) else decorator
        name = getattr(inner, "attr", None) or getattr(inner, "id", "")
        if name in ("overload", "setter", "deleter"):
            return ABSTRACT | DECORATED
        flags |= _FLAGS.get(str(name), DECORATED)
    return flags


def chosen(indices: list[tuple[int, int]]) -> int:
    """Of several methods of a name the last real one: not an overload, not a setter."""
    real = [index for index, flags in indices if not (flags & ABSTRACT and flags & DECORATED)]
    return real[-1] if real else indices[-1][0]


def doing(body: list[ast.stmt]) -> int:
    """The flags of a function that does nothing by itself; 0 for all others."""
    for node in body:
        if not isinstance(node, ast.Pass | ast.Raise) and not (
            isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        ):
            return 0
    return TRIVIAL | (RAISES if isinstance(body[-1], ast.Raise) else 0)


_ASKING = ("get_running_loop", "current_async_library", "get_event_loop", "current_task")


def may_ask_for_loop(text: str) -> bool:
    """Whether `asks_for_loop` may be true somewhere in a text."""
    return any(name in text for name in _ASKING)


def asks_for_loop(body: list[ast.stmt]) -> bool:
    """Whether a `try` is about there being a running loop."""
    for node in body[:3]:
        for inner in ast.walk(node):
            if isinstance(inner, ast.Attribute | ast.Name):
                name = inner.attr if isinstance(inner, ast.Attribute) else inner.id
                if name in _ASKING:
                    return True
    return False


def comments(text: str) -> tuple[tuple[int, str], ...]:
    """The comments that name asyncwhy, with their lines."""
    if "asyncwhy:" not in text:
        return ()
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, SyntaxError):
        return ()
    return tuple(
        (token.start[0], token.string)
        for token in tokens
        if token.type == tokenize.COMMENT and "asyncwhy:" in token.string
    )
