"""Whether a function that a library calls after another one may need what that one did.

What a library hands from one to the next is named in the signature: a default, an annotation, an alias of one.  Two
may also be given the same object, which one changes, or share what lives outside of both.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable

from asyncwhy.source.python_module import FunctionNode, Module, own_nodes
from asyncwhy.source.python_state import CHANGES, State

_WORD = re.compile(r"[^\W\d]\w*")


def names_in_signature(modules: Iterable[Module], function: FunctionNode) -> set[str]:
    """The names in a function's signature, and those in what they stand for, wherever in the modules that is."""
    meant = _meanings(modules)
    found: set[str] = set()
    pending: list[ast.AST] = [function.args]
    while pending:
        for name in _names(pending.pop()):
            if name not in found:
                found.add(name)
                pending.extend(meant.get(name, ()))
    return found


def _meanings(modules: Iterable[Module]) -> dict[str, list[ast.AST]]:
    """Of each name what is to be read for it: a function's signature, the value of a module's variable."""
    made: dict[str, list[ast.AST]] = {}
    for module in modules:
        for functions in module.functions.values():
            for function in functions:
                made.setdefault(function.name, []).append(function.args)
        for node in module.tree.body:
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            value = getattr(node, "value", None)
            for target in targets:
                if isinstance(target, ast.Name) and isinstance(value, ast.AST):
                    made.setdefault(target.id, []).append(value)
    return made


def _names(tree: ast.AST) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name):
                found.add(name)
            case ast.Constant(value=str(text)):  # an annotation that is written as a string
                found.update(_WORD.findall(text))
    return found


def changed_parameters(function: FunctionNode) -> set[str]:
    """The function's parameters that it changes: an attribute, an item, or by a method that does."""
    found: set[str] = set()
    for node in own_nodes(function):
        match node:
            case ast.Attribute(ctx=ast.Store() | ast.Del()) | ast.Subscript(ctx=ast.Store() | ast.Del()):
                found.add(_root(node))
            case ast.Call(func=ast.Attribute(value=owner, attr=name)) if name in CHANGES:
                found.add(_root(owner))
    return found & parameters(function)


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def parameters(function: FunctionNode) -> set[str]:
    """The names of the function's parameters."""
    given = function.args
    return {one.arg for one in (*given.posonlyargs, *given.args, *given.kwonlyargs)}


def meet(one: State, other: State) -> bool:
    """Whether one changes what the other uses, or both take one lock."""
    return bool(
        one.writes & (other.reads | other.writes) or other.writes & one.reads or one.locks & other.locks
    )
