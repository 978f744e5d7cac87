"""Which names a piece of JavaScript reads, binds and may change, as dotted paths (`user.id`, `this.cache`)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from asyncwhy.source.javascript_tree import CALLS, FUNCTIONS, Tree, walk

if TYPE_CHECKING:
    from tree_sitter import Node

_NAMES = frozenset({"identifier", "shorthand_property_identifier", "this"})
_TARGETS = frozenset(
    {"identifier", "shorthand_property_identifier_pattern", "member_expression", "subscript_expression"}
)
#: Methods that read what they are called on, and give something else back.
_READERS = frozenset(
    "map filter find findIndex some every includes indexOf join slice concat reduce keys values entries get has "
    "toString toJSON trim split replace toLowerCase toUpperCase startsWith endsWith at flat flatMap forEach json "
    "text log info warn error debug then".split()
)


def reads(tree: Tree, node: Node | None) -> set[str]:
    """The paths that a node reads; what is only written to is left out, what a call is made on is not."""
    if node is None:
        return set()
    found: set[str] = set()
    stack = [node]
    while stack:
        one = stack.pop()
        if one.type == "member_expression" and (path := tree.dotted(one)) and _is_path(one):
            found.add(path)
            continue
        if one.type in _NAMES:
            found.add(tree.text(one))
        elif one.type in ("assignment_expression", "variable_declarator"):
            left = one.child_by_field_name("left") or one.child_by_field_name("name")
            stack.extend(child for child in one.children if child != left)
            continue
        stack.extend(one.children)
    return found


def _is_path(member: Node) -> bool:
    owner = member.child_by_field_name("object")
    return owner is not None and (
        owner.type in _NAMES or (owner.type == "member_expression" and _is_path(owner))
    )


def bound_by(tree: Tree, target: Node | None) -> set[str]:
    """The names and members that an assignment's left side, a declarator's or a loop's pattern binds."""
    if target is None:
        return set()
    if target.type == "member_expression":
        return {tree.dotted(target)} - {""}
    if target.type == "subscript_expression":
        return {tree.dotted(target.child_by_field_name("object"))} - {""}
    if target.type in ("identifier", "shorthand_property_identifier_pattern"):
        return {tree.text(target)}
    found: set[str] = set()
    for child in target.named_children:
        if target.type == "pair_pattern" and child == target.child_by_field_name("key"):
            continue
        if target.type in (
            "assignment_pattern",
            "object_assignment_pattern",
        ) and child == target.child_by_field_name("right"):
            continue
        if not child.type.startswith("type_"):
            found |= bound_by(tree, child)
    return found


def changes(tree: Tree, node: Node) -> set[str]:
    """What a statement or expression binds or may change: its targets, and what it calls methods on."""
    found: set[str] = set()
    for one in _within(node):
        if one.type == "variable_declarator":
            found |= bound_by(tree, one.child_by_field_name("name"))
        elif one.type in ("assignment_expression", "augmented_assignment_expression"):
            found |= bound_by(tree, one.child_by_field_name("left"))
        elif one.type == "update_expression":
            found |= bound_by(tree, one.child_by_field_name("argument"))
        elif one.type == "call_expression":
            found |= _changed_by_call(tree, one)
    return found


def _changed_by_call(tree: Tree, call: Node) -> set[str]:
    callee = call.child_by_field_name("function")
    if callee is None or callee.type != "member_expression":
        return set()
    if tree.text(callee.child_by_field_name("property")) in _READERS:
        return set()
    return {tree.dotted(callee.child_by_field_name("object"))} - {""}


def declared(tree: Tree, node: Node) -> set[str]:
    """The names that are declared inside a node."""
    found: set[str] = set()
    for one in walk(node):
        if one.type == "variable_declarator":
            found |= bound_by(tree, one.child_by_field_name("name"))
        elif one.type == "for_in_statement" and one.child_by_field_name("kind") is not None:
            found |= bound_by(tree, one.child_by_field_name("left"))
        elif one.type in FUNCTIONS and (parameters := one.child_by_field_name("parameters")) is not None:
            found |= bound_by(tree, parameters)
        elif one.type == "arrow_function":
            found |= bound_by(tree, one.child_by_field_name("parameter"))
    return found


def calls(node: Node) -> Iterator[Node]:
    """The calls in a node."""
    return (one for one in walk(node) if one.type in CALLS)


def touches(paths: set[str], others: set[str]) -> str | None:
    """A path of the first that is one of the others, or part of one, or holds one; None without any."""
    for path in sorted(paths):
        for other in others:
            if path == other or path.startswith(f"{other}.") or other.startswith(f"{path}."):
                return path
    return None


def _within(node: Node) -> Iterator[Node]:
    stack = [node]
    while stack:
        one = stack.pop()
        yield one
        stack.extend(one.children)
