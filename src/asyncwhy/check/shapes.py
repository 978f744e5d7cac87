"""What a summary is made of: plain tuples, strings and numbers, so that `marshal` stores and loads them fast.

An expression is None where nothing can be said of it, a `str` for a name, or a tuple that begins with its tag.
Lines count from 1 and columns from 0 in UTF-8 bytes, as `ast` has them; findings convert them.
"""

from __future__ import annotations

from typing import Any, NamedTuple

Expr = Any
"""None, a name, or a tuple with one of the tags below."""

ATTRIBUTE = "."  # (tag, base, name)
CALL = "("  # see `Call`
AWAIT = "w"  # (tag, expression)
SUBSCRIPT = "["  # (tag, base, key)
CONSTANT = "k"  # (tag, name of the type)
DIVIDE = "/"  # (tag, left, right)
EITHER = "|"  # (tag, one, other): `a or b`, `a if c else b`, `A | B` in an annotation
LAMBDA = "l"  # (tag, index of the function)
LISTED = "L"  # (tag, element)
TUPLE = "T"  # (tag, elements)
MAPPED = "D"  # (tag, value)
ITEM_OF = "i"  # (tag, iterable): the target of a `for`
AITEM_OF = "I"  # the same of an `async for`
ENTERED = "e"  # (tag, context manager): the target of a `with`
AENTERED = "E"  # the same of an `async with`
PART = "t"  # (tag, value, index): one of several targets

AWAITED = 1  # flags of a call: `await f()`
STATEMENT = 2  # its value is dropped
ITERATED = 4  # `for x in f()`
ENTERS = 8  # `with f()`
TESTED = 16  # `if f():`
OFF_LOOP = 32  # stands where no loop runs: `except RuntimeError` after `get_running_loop()`
LOOPED = 64  # stands in a loop
IN_ARGUMENT = 128  # is itself an argument of a call
LOCKED = 256  # in the body of an `async with`
RETURNED = 512  # `return f()`

IS_ASYNC = 1  # kinds of a `with`
WITH_AWAIT = 2  # a plain one, around an await

ASYNC = 1  # flags of a function
GENERATOR = 2
STATIC = 4
CLASS_METHOD = 8
PROPERTY = 16
ABSTRACT = 32
LAMBDA_FUNCTION = 64
STARTS = 128  # has a call that puts a function somewhere: a thread, the loop, a pool
DECORATED = 256
TRIVIAL = 512  # its body is a docstring, `pass` or `...`
DROPS = 1024  # has a call whose value is dropped or tested
RAISES = 2048  # besides that, its body raises: whoever derives from the class is to write it


class Call(NamedTuple):
    """A call expression; `marshal` gives plain tuples back, so fields are read by unpacking."""

    tag: str
    func: Expr
    args: tuple[Expr, ...]
    keywords: tuple[tuple[str, Expr], ...]
    line: int
    column: int
    end_line: int
    end_column: int
    flags: int


class Body(NamedTuple):
    """What a function does; kept as marshalled bytes until somebody asks."""

    calls: tuple[Any, ...]
    assigns: tuple[Any, ...]  # (name, line, annotation, value)
    returns: tuple[Expr, ...]
    yields: tuple[Expr, ...]
    attributes: tuple[Any, ...]  # (attribute expression, line, column, end column)
    imports: tuple[Any, ...]  # (local name, module, name)
    enters: tuple[Any, ...]  # (expression, line, column, end line, end column, 0, `IS_ASYNC` or `WITH_AWAIT`)
    iterates: tuple[Any, ...]  # the same, of `for`
    nested: tuple[Any, ...]  # (name, index of the function)
    classes: tuple[Any, ...]  # (name, index of the class)


class FunctionSummary(NamedTuple):
    """A function: `parameters` are (name, annotation, default), in order; `owner` the index of its class."""

    name: str
    qualname: str
    line: int
    flags: int
    decorators: tuple[Expr, ...]
    parameters: tuple[Any, ...]
    returns: Expr
    parent: int
    owner: int
    body: bytes


class ClassSummary(NamedTuple):
    """A class: `methods` is name -> indices of functions (the last counts), `attributes` name -> where set."""

    name: str
    qualname: str
    line: int
    bases: tuple[Expr, ...]
    methods: dict[str, int]
    attributes: dict[str, tuple[Any, ...]]  # (index of the function or -1, annotation, value)
    parent: int


class ModuleSummary(NamedTuple):
    """A file.  Function 0 is the module's own code."""

    imports: dict[str, tuple[str, str]]  # local name -> (module, name); an empty name is the module itself
    stars: tuple[str, ...]
    functions: tuple[Any, ...]
    classes: tuple[Any, ...]
    names: dict[str, tuple[Any, ...]]  # global name -> ((annotation, value), ...)
    defined: dict[str, int]  # global functions
    made: dict[str, int]  # global classes
    comments: tuple[Any, ...]  # (line, text) of comments that name asyncwhy
    lines: int
