"""Reduces expressions of a syntax tree to the shapes that resolution needs; see `shapes`."""

from __future__ import annotations

import ast
from typing import Any

from asyncwhy.check.shapes import (
    AITEM_OF,
    ATTRIBUTE,
    AWAIT,
    AWAITED,
    CALL,
    CONSTANT,
    DIVIDE,
    DROPS,
    EITHER,
    IN_ARGUMENT,
    ITEM_OF,
    ITERATED,
    LAMBDA,
    LISTED,
    MAPPED,
    PART,
    STARTS,
    STATEMENT,
    SUBSCRIPT,
    TESTED,
    TUPLE,
    Expr,
)

#: Calls of these names put a function or coroutine somewhere; only functions that have one are asked where.
STARTERS = frozenset(
    "call_soon call_soon_threadsafe call_later call_at add_reader add_writer add_signal_handler add_done_callback"
    " to_thread run_in_executor run_sync submit Thread Timer start_new_thread create_task ensure_future"
    " run run_until_complete set_debug create_datagram_endpoint create_server create_connection map".split()
)
_CONSTANTS = {str: (CONSTANT, "str"), bytes: (CONSTANT, "bytes"), int: (CONSTANT, "int")}
#: What decides whether a call waits: `get(block=False)`, `acquire(timeout=0)`.
_TRUE, _FALSE = (CONSTANT, "bool", True), (CONSTANT, "bool", False)


class Frame:
    """What was gathered of one function so far."""

    __slots__ = (
        "assigns", "attributes", "awaits", "calls", "classes", "enters", "flags", "imports", "iterates", "nested",
        "returns", "yields",
    )  # fmt: skip

    def __init__(self) -> None:
        self.calls: list[Any] = []
        self.assigns: list[Any] = []
        self.returns: list[Expr] = []
        self.yields: list[Expr] = []
        self.attributes: list[Any] = []
        self.imports: list[Any] = []
        self.enters: list[Any] = []
        self.iterates: list[Any] = []
        self.nested: list[Any] = []
        self.classes: list[Any] = []
        self.flags = 0
        self.awaits = 0


class Expressions:
    """Visits expressions; `frame` is the function that they stand in.  Subclassed by the statements' visitor."""

    def __init__(self) -> None:
        self.frame = Frame()
        self.context = 0  # flags that every call of the present block has
        self._visit: dict[Any, Any] = {
            ast.Name: self._name,
            ast.Constant: self._constant,
            ast.Attribute: self._attribute,
            ast.Call: self.call,
            ast.Await: self._await,
            ast.Subscript: self._subscript,
            ast.BinOp: self._binary,
            ast.BoolOp: self._boolean,
            ast.IfExp: self._if,
            ast.Lambda: self._lambda,
            ast.List: self._list,
            ast.Set: self._list,
            ast.Tuple: self._tuple,
            ast.Dict: self._dict,
            ast.ListComp: self._comprehension,
            ast.SetComp: self._comprehension,
            ast.GeneratorExp: self._comprehension,
            ast.DictComp: self._dict_comprehension,
            ast.NamedExpr: self._named,
            ast.Yield: self._yield,
            ast.YieldFrom: self._yield_from,
            ast.JoinedStr: self._text,
            ast.Starred: self._starred,
            ast.Compare: self._compare,
            ast.UnaryOp: self._unary,
            ast.Slice: self._children,
            ast.FormattedValue: self._formatted,
        }

    def visit(self, node: Any) -> Expr:
        """The shape of an expression; its calls go to the frame."""
        method = self._visit.get(type(node))
        return method(node) if method is not None else self._children(node)

    def _name(self, node: ast.Name) -> Expr:
        return node.id

    def _constant(self, node: ast.Constant) -> Expr:
        value = node.value
        if value is True:
            return _TRUE
        if value is False or value == 0:
            return _FALSE
        return _CONSTANTS.get(type(value))

    def _attribute(self, node: ast.Attribute) -> Expr:
        value = node.value
        base = value.id if type(value) is ast.Name else self.visit(value)
        if base is None:
            return None
        shape = (ATTRIBUTE, base, node.attr)
        self.frame.attributes.append((shape, node.lineno, node.col_offset, node.end_col_offset))
        return shape

    def call(self, node: ast.Call, flags: int = 0) -> Expr:
        """A call: what is called, with what, where, and what becomes of it."""
        func = node.func
        kind = type(func)
        called: Expr
        if kind is ast.Name:
            called = name = func.id  # type: ignore[attr-defined]
        elif kind is ast.Attribute:
            name = func.attr  # type: ignore[attr-defined]
            base = self.visit(func.value)  # type: ignore[attr-defined]
            called = None if base is None else (ATTRIBUTE, base, name)
        else:
            called, name = self.visit(func), ""
        frame = self.frame
        if name in STARTERS:
            frame.flags |= STARTS
        if flags & (STATEMENT | TESTED):
            frame.flags |= DROPS
        args = tuple([self._argument(arg) for arg in node.args]) if node.args else ()
        keywords = (
            tuple([(word.arg or "**", self._argument(word.value)) for word in node.keywords])
            if node.keywords
            else ()
        )
        if called is None:
            return None
        shape = (
            CALL, called, args, keywords, node.lineno, node.col_offset, node.end_lineno, node.end_col_offset,
            flags | self.context,
        )  # fmt: skip
        frame.calls.append(shape)
        return shape

    def _argument(self, node: ast.expr) -> Expr:
        if type(node) is ast.Call:
            return self.call(node, IN_ARGUMENT)
        return self.visit(node)

    def _await(self, node: ast.Await) -> Expr:
        value = node.value
        self.frame.awaits += 1
        shape = self.call(value, AWAITED) if type(value) is ast.Call else self.visit(value)
        return None if shape is None else (AWAIT, shape)

    def _subscript(self, node: ast.Subscript) -> Expr:
        base, key = self.visit(node.value), self.visit(node.slice)
        return None if base is None else (SUBSCRIPT, base, key)

    def _binary(self, node: ast.BinOp) -> Expr:
        left, right = self.visit(node.left), self.visit(node.right)
        kind = type(node.op)
        if kind is ast.Div:
            return (DIVIDE, left, right)
        return (EITHER, left, right) if kind is ast.BitOr else None

    def _boolean(self, node: ast.BoolOp) -> Expr:
        shapes = [self._tested(value) for value in node.values]
        return (EITHER, shapes[-2], shapes[-1])

    def _tested(self, node: ast.expr) -> Expr:
        return self.call(node, TESTED) if type(node) is ast.Call else self.visit(node)

    def _if(self, node: ast.IfExp) -> Expr:
        self.test(node.test)
        return (EITHER, self.visit(node.body), self.visit(node.orelse))

    def test(self, node: ast.expr) -> None:
        """A condition."""
        if type(node) is ast.UnaryOp and type(node.op) is ast.Not:
            node = node.operand
        self._tested(node)

    def _lambda(self, node: ast.Lambda) -> Expr:
        return (LAMBDA, self.lambda_function(node))

    def lambda_function(self, node: ast.Lambda) -> int:
        """Keep a lambda as a function of its own; its index."""
        raise NotImplementedError

    def _list(self, node: ast.List | ast.Set) -> Expr:
        shapes = [self.visit(element) for element in node.elts]
        return (LISTED, next((shape for shape in shapes if shape is not None), None))

    def _tuple(self, node: ast.Tuple) -> Expr:
        return (TUPLE, tuple([self.visit(element) for element in node.elts]))

    def _dict(self, node: ast.Dict) -> Expr:
        for key in node.keys:
            if key is not None and type(key) is not ast.Constant:
                self.visit(key)
        shapes = [self.visit(value) for value in node.values]
        return (MAPPED, next((shape for shape in shapes if shape is not None), None))

    def _comprehension(self, node: Any) -> Expr:
        self._generators(node.generators)
        return (LISTED, self.visit(node.elt))

    def _dict_comprehension(self, node: ast.DictComp) -> Expr:
        self._generators(node.generators)
        self.visit(node.key)
        return (MAPPED, self.visit(node.value))

    def _generators(self, generators: list[ast.comprehension]) -> None:
        for part in generators:
            self.iterate(part.iter, part.target, bool(part.is_async))
            for condition in part.ifs:
                self.test(condition)

    def iterate(self, iterable: ast.expr, target: ast.expr, is_async: bool) -> None:
        """What a `for` walks over, and what it calls the items."""
        shape = self.call(iterable, ITERATED) if type(iterable) is ast.Call else self.visit(iterable)
        if shape is None:
            return
        self.frame.iterates.append(
            (
                shape,
                iterable.lineno,
                iterable.col_offset,
                iterable.end_lineno,
                iterable.end_col_offset,
                is_async,
            )
        )
        self.bind(target, (AITEM_OF if is_async else ITEM_OF, shape))

    def bind(self, target: ast.expr, shape: Expr, annotation: Expr = None) -> None:
        """Note that a name has a value from here on; the target's own calls are gathered."""
        kind = type(target)
        if kind is ast.Name:
            self.frame.assigns.append((target.id, target.lineno, annotation, shape))  # type: ignore[attr-defined]
        elif kind is ast.Tuple or kind is ast.List:
            for index, element in enumerate(target.elts):  # type: ignore[attr-defined]
                self.bind(element, None if shape is None else (PART, shape, index))
        elif kind is ast.Attribute:
            self.bind_attribute(target, shape, annotation)  # type: ignore[arg-type]
        else:
            self.visit(target)

    def bind_attribute(self, target: ast.Attribute, shape: Expr, annotation: Expr) -> None:
        """Note that an attribute is set."""
        raise NotImplementedError

    def _named(self, node: ast.NamedExpr) -> Expr:
        shape = self.visit(node.value)
        self.bind(node.target, shape)
        return shape

    def _yield(self, node: ast.Yield) -> Expr:
        self.frame.yields.append(self.visit(node.value) if node.value is not None else None)
        return None

    def _yield_from(self, node: ast.YieldFrom) -> Expr:
        value = node.value
        shape = self.call(value, ITERATED) if type(value) is ast.Call else self.visit(value)
        self.frame.yields.append(None if shape is None else (ITEM_OF, shape))
        return None

    def _text(self, node: ast.JoinedStr) -> Expr:
        for value in node.values:
            if type(value) is ast.FormattedValue:
                self.visit(value.value)
        return _CONSTANTS[str]

    def _formatted(self, node: ast.FormattedValue) -> Expr:
        self.visit(node.value)

    def _starred(self, node: ast.Starred) -> Expr:
        value = node.value
        if type(value) is ast.Call:
            self.call(value, ITERATED)
        else:
            self.visit(value)

    def _compare(self, node: ast.Compare) -> Expr:
        self.visit(node.left)
        for value in node.comparators:
            if type(value) is not ast.Constant:
                self.visit(value)

    def _unary(self, node: ast.UnaryOp) -> Expr:
        self._tested(node.operand)

    def _children(self, node: Any) -> Expr:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self.visit(child)
