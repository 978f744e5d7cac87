"""Instrumented twins: copies of library functions with a few statements of ours between theirs.

A wrapper would put a frame of ours between the program and its library: one more line in tracebacks, one
level less of recursion, another function in every profile.  A twin is compiled from the library's own
source, keeps its file name, its line and column numbers and its globals, and replaces the original; what we
insert carries the position of the statement that it stands beside.  So tracebacks, `inspect`, `warnings`
and debuggers show what they would have shown (`tests/agent/test_twin.py`).

Where there is no source, or it does not have the expected shape (a later Python, somebody else's patch),
`Unsuitable` is raised, the original stays, and the report says what is missing.
"""

from __future__ import annotations

import ast
from types import FunctionType

from . import kept

ANNOTATIONS = annotations.compiler_flag
SUPER = ("__class__",)  # what a method with `super()` in it closes over
CO_NESTED = 16  # of a function inside another, which the original is not


class Unsuitable(Exception):
    """The function cannot be copied; it stays as it is."""


def twin(function, names, before="", after="", last="", on_return="", beside=(), instead=()):
    """A copy of `function` in which the snippets run; `names` are what the snippets may use.

    before     statements at its start
    after      statements at its end and before each of its own plain `return`s (not when it raises)
    last       statements that run however it is left
    on_return  an expression that takes the place of what is returned, which it calls `__aw_value`
    beside     (text, before, after): statements around the one statement that calls `text` (the function's
               name, or the call with its arguments); with a fourth member, "always", the latter run also
               when it raises
    instead    (text, statements): in place of the last statement that calls `text`, which may be among them
    """
    if not isinstance(function, FunctionType) or function.__code__.co_freevars not in ((), SUPER):
        raise Unsuitable("not a plain function")
    if function.__closure__:
        names = {**names, "__class__": function.__closure__[0].cell_contents}
    snippets = (before, after, last, on_return, beside, instead)
    key = kept.key_of(function, names, snippets)
    factory = kept.get(key) if key is not None else None
    if factory is None:
        factory = _factory(function, names, *snippets)
        if key is not None:
            kept.put(key, factory)
    return _made(function, factory, names)


def _factory(function, names, before, after, last, on_return, beside, instead):
    """The code of a function that takes `names` and returns the twin."""
    definition = _definition(function)
    body = definition.body
    head = body[:1] if ast.get_docstring(definition, clean=False) is not None else []
    rest = body[len(head) :] or body
    for text, ahead, behind, *always in beside:
        _insert_beside(rest, text, ahead, behind, bool(always))
    if instead:
        _replace(rest, *instead)
    if after or on_return:
        rest = [_Returns(after, on_return).visit(statement) for statement in rest]
        rest = _flat(rest)
    if after and not isinstance(rest[-1], ast.Return):
        # Before a closing `self = None`, which breaks the cycle that an exception makes.
        at = len(rest) - 1 if ast.unparse(rest[-1]) == "self = None" else len(rest)
        rest[at:at] = _statements(after, rest[-1])
    if last:
        rest = [
            _placed(
                ast.Try(body=rest, handlers=[], orelse=[], finalbody=_statements(last, rest[-1])), rest[0]
            )
        ]
    definition.body = head + _statements(before, rest[0]) + rest
    return _build(function, definition, names)


def _definition(function):
    code = function.__code__
    try:
        with open(code.co_filename, encoding="utf-8") as file:
            lines = file.read().split("\n")
        block = _block(lines, code.co_firstlineno - 1)
        tree = ast.parse("if 1:\n" + block if block[0] in " \t" else block)
    except (OSError, SyntaxError, UnicodeDecodeError, IndexError) as error:
        raise Unsuitable(str(error)) from None
    found = tree.body[0]
    shift = code.co_firstlineno - 1
    if isinstance(found, ast.If):
        found = found.body[0]
        shift -= 1
    if getattr(found, "name", None) != code.co_name:
        raise Unsuitable("the source is another one")
    ast.increment_lineno(found, shift)
    return found


def _block(lines, first):
    """The lines of the definition that starts at `first`, decorators and all."""
    indent = len(lines[first]) - len(lines[first].lstrip())
    in_header = True
    for end in range(first, len(lines)):
        line = lines[end].rstrip()
        if (
            line
            and not in_header
            and len(line) - len(line.lstrip()) <= indent
            and not line.lstrip().startswith("#")
        ):
            return "\n".join(lines[first:end])
        in_header = in_header and not line.endswith(":")
    return "\n".join(lines[first:])


def _build(function, definition, names):
    old = function.__code__
    if definition.decorator_list:
        # A function begins at its first decorator, and its table of lines counts from there.
        definition.decorator_list = [
            _placed(ast.Name("__aw_plain", ast.Load()), definition.decorator_list[0])
        ]
        names = (*names, "__aw_plain")
    definition.returns = None
    arguments = definition.args
    every = (
        arguments.posonlyargs + arguments.args + arguments.kwonlyargs + [arguments.vararg, arguments.kwarg]
    )
    for argument in filter(None, every):
        argument.annotation = None
    arguments.defaults = [_placed(ast.Constant(None), definition) for _ in arguments.defaults]
    arguments.kw_defaults = [
        default and _placed(ast.Constant(None), definition) for default in arguments.kw_defaults
    ]
    factory = ast.parse("def factory(%s): return %s" % (", ".join(names), definition.name)).body[0]
    for node in ast.walk(factory):
        _placed(node, definition)
    factory.body.insert(0, definition)
    module = ast.fix_missing_locations(ast.Module(body=[factory], type_ignores=[]))
    scratch = {}
    # The annotations of functions inside stay texts where they were.
    flags = old.co_flags & ANNOTATIONS
    exec(compile(module, old.co_filename, "exec", flags, dont_inherit=True), scratch)
    return scratch["factory"].__code__


def _plain(made):
    return made


def _made(function, factory, names):
    old = function.__code__
    values = [*names.values(), _plain][: factory.co_argcount]
    made = FunctionType(factory, function.__globals__)(*values)
    code = made.__code__
    code = code.replace(co_firstlineno=old.co_firstlineno, co_flags=code.co_flags & ~CO_NESTED)
    if hasattr(old, "co_qualname"):
        code = code.replace(co_qualname=old.co_qualname)
    made.__code__ = code
    made.__qualname__ = function.__qualname__
    made.__module__ = function.__module__
    made.__doc__ = function.__doc__
    made.__defaults__ = function.__defaults__
    made.__kwdefaults__ = function.__kwdefaults__
    made.__annotations__ = function.__annotations__
    made.__dict__.update(function.__dict__)
    return made


def _placed(node, at):
    node.lineno, node.col_offset = at.lineno, at.col_offset
    node.end_lineno, node.end_col_offset = at.lineno, at.col_offset
    return node


def _statements(text, at):
    made = ast.parse(text).body
    for statement in made:
        for node in ast.walk(statement):
            _placed(node, at)
    return made


def _flat(items):
    result = []
    for item in items:
        result.extend(item if isinstance(item, list) else [item])
    return result


class _Returns(ast.NodeTransformer):
    def __init__(self, after, on_return):
        self.after, self.on_return = after, on_return

    def visit_FunctionDef(self, node):
        return node  # a function inside returns for itself

    visit_AsyncFunctionDef = visit_Lambda = visit_ClassDef = visit_FunctionDef

    def visit_Return(self, node):
        if not self.on_return:
            return _statements(self.after, node) + [node]
        # Bound first: what is returned may be a call, which must be made once.
        value = node.value or _placed(ast.Constant(None), node)
        bound = _placed(ast.Assign(targets=[ast.Name("__aw_value", ast.Store())], value=value), node)
        _placed(bound.targets[0], node)
        node.value = ast.parse(self.on_return, mode="eval").body
        for part in ast.walk(node.value):
            _placed(part, node)
        return [bound, node]


def _insert_beside(body, text, ahead, behind, always):
    places = list(_places(body, text))
    if len(places) != 1:
        raise Unsuitable("%s stands there %d times" % (text, len(places)))
    block, index = places[0]
    statement = block[index]
    before, after = _statements(ahead, statement), _statements(behind, statement)
    if always:
        guarded = ast.Try(body=[statement], handlers=[], orelse=[], finalbody=after)
        block[index : index + 1] = before + [_placed(guarded, statement)]
    else:
        block[index : index + 1] = before + [statement] + after


def _replace(body, text, statements):
    places = list(_places(body, text))
    if not places:
        raise Unsuitable("%s stands nowhere" % text)
    block, index = places[-1]
    statement = block[index]
    made = _statements(statements, statement)
    for node in (node for one in made for node in ast.walk(one)):
        # An error that comes out of these is shown as one that came out of the statement.
        node.end_lineno, node.end_col_offset = statement.end_lineno, statement.end_col_offset
        for name in ("body", "orelse"):
            inside = getattr(node, name, None)
            if isinstance(inside, list):
                own = ast.unparse(statement)
                setattr(node, name, [statement if ast.unparse(one) == own else one for one in inside])
    block[index : index + 1] = made


def _places(body, text):
    for index, statement in enumerate(body):
        blocks = [getattr(statement, name, []) for name in ("body", "orelse", "finalbody")]
        blocks = [block for block in blocks if isinstance(block, list) and block]
        blocks += [handler.body for handler in getattr(statement, "handlers", ())]
        inside = [place for block in blocks for place in _places(block, text)]
        if inside:
            yield from inside
        elif not blocks and any(
            isinstance(node, ast.Call) and text in (ast.unparse(node.func), ast.unparse(node))
            for node in ast.walk(statement)
        ):
            yield body, index
