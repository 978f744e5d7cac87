"""Reduces one file to what resolution needs: imports, classes, functions, and what each of them calls."""

from __future__ import annotations

import ast
import marshal
from typing import Any

from asyncwhy.check import branches
from asyncwhy.check.expressions import Expressions, Frame
from asyncwhy.check.shapes import (
    AENTERED,
    ASYNC,
    AWAITED,
    ENTERED,
    ENTERS,
    GENERATOR,
    LAMBDA_FUNCTION,
    LOCKED,
    LOOPED,
    OFF_LOOP,
    RETURNED,
    STATEMENT,
    STATIC,
    WITH_AWAIT,
    Expr,
)
from asyncwhy.check.syntax import asks_for_loop, chosen, comments, decorations, doing, may_ask_for_loop


def summarise(text: str) -> tuple[Any, ...]:
    """The summary of a file's text, as plain tuples in the order of `ModuleSummary`.

    Raises SyntaxError, ValueError (NUL bytes), RecursionError and MemoryError as the parser does.
    """
    visitor = _Statements()
    try:
        return visitor.module(ast.parse(text), text)
    finally:
        visitor.close()


class _Statements(Expressions):
    def __init__(self) -> None:
        super().__init__()
        self.functions: list[Any] = []
        self.classes: list[Any] = []
        self.owner = -1
        self.parent = -1
        self.prefix = ""
        self.self_name = ""
        self.attributes: dict[str, list[Any]] = {}  # of the class around
        self.imports: dict[str, tuple[str, str]] = {}
        self.stars: list[str] = []
        self.may_ask = True
        self._statement: dict[Any, Any] = {
            ast.Expr: self._expression,
            ast.Assign: self._assign,
            ast.AnnAssign: self._annotated,
            ast.AugAssign: self._augmented,
            ast.Return: self._return,
            ast.FunctionDef: self._function,
            ast.AsyncFunctionDef: self._function,
            ast.ClassDef: self._class,
            ast.If: self._branch,
            ast.While: self._while,
            ast.For: self._for,
            ast.AsyncFor: self._for,
            ast.With: self._with,
            ast.AsyncWith: self._with,
            ast.Try: self._try,
            ast.Import: self._import,
            ast.ImportFrom: self._import_from,
            ast.Match: self._match,
        }
        if hasattr(ast, "TryStar"):
            self._statement[ast.TryStar] = self._try

    def module(self, tree: ast.Module, text: str) -> tuple[Any, ...]:
        """The whole file."""
        self.may_ask = may_ask_for_loop(text)
        self.functions.append(None)
        self.parent = 0
        self.block(tree.body)
        frame = self.frame
        names: dict[str, list[Any]] = {}
        for name, _, annotation, value in frame.assigns:
            names.setdefault(name, []).append((annotation, value))
        self.functions[0] = ("<module>", "<module>", 1, frame.flags, (), (), None, -1, -1, _packed(frame))
        return (
            self.imports, tuple(self.stars), tuple(self.functions), tuple(self.classes),
            {name: tuple(values) for name, values in names.items()}, dict(frame.nested), dict(frame.classes),
            comments(text), text.count("\n") + 1,
        )  # fmt: skip

    def close(self) -> None:
        """Let go of the methods, which hold the visitor: it ends without the help of the collector."""
        self._statement.clear()
        self._visit.clear()

    def block(self, statements: list[ast.stmt]) -> None:
        """Statements, one after another."""
        table = self._statement
        for node in statements:
            method = table.get(type(node))
            if method is not None:
                method(node)
            else:
                self._children(node)

    def _expression(self, node: ast.Expr) -> None:
        value = node.value
        kind = type(value)
        if kind is ast.Call:
            self.call(value, STATEMENT)  # type: ignore[arg-type]
        elif kind is not ast.Constant:
            self.visit(value)

    def _assign(self, node: ast.Assign) -> None:
        shape = self.visit(node.value)
        for target in node.targets:
            self.bind(target, shape)

    def _annotated(self, node: ast.AnnAssign) -> None:
        shape = self.visit(node.value) if node.value is not None else None
        self.bind(node.target, shape, self.annotation(node.annotation))

    def _augmented(self, node: ast.AugAssign) -> None:
        self.visit(node.value)

    def _return(self, node: ast.Return) -> None:
        value = node.value
        if value is None:
            return
        shape = self.call(value, RETURNED) if type(value) is ast.Call else self.visit(value)
        if shape is not None:
            self.frame.returns.append(shape)

    def bind_attribute(self, target: ast.Attribute, shape: Expr, annotation: Expr) -> None:
        base = target.value
        if type(base) is ast.Name and base.id == self.self_name and self.owner >= 0:
            if shape is not None or annotation is not None:
                value = (len(self.functions) if self.parent < 0 else self.parent, annotation, shape)
                self.attributes.setdefault(target.attr, []).append(value)
        else:
            self.visit(base)

    def annotation(self, node: ast.expr | None) -> Expr:
        """The shape of an annotation, of one in quotes as well."""
        if node is None:
            return None
        kept, self.frame = self.frame, Frame()
        try:
            return self._annotation(node)
        finally:
            self.frame = kept

    def _annotation(self, node: ast.expr) -> Expr:
        if type(node) is ast.Constant and type(node.value) is str:
            try:
                node = ast.parse(node.value, mode="eval").body
            except (SyntaxError, ValueError):
                return None
        elif type(node) is ast.Subscript:
            inner = node.slice
            if type(inner) is ast.Tuple:
                key: Expr = ("T", tuple([self._annotation(element) for element in inner.elts]))
            else:
                key = self._annotation(inner)
            return ("[", self.visit(node.value), key)
        return self.visit(node)

    def lambda_function(self, node: ast.Lambda) -> int:
        index = len(self.functions)
        self.functions.append(None)
        kept = self.frame, self.parent, self.context
        parameters = self._parameters(node.args)
        self.frame, self.parent, self.context = Frame(), index, 0
        shape = self.call(node.body, RETURNED) if type(node.body) is ast.Call else self.visit(node.body)
        self.frame.returns.append(shape)
        self.functions[index] = (
            "<lambda>", f"{self.prefix}<lambda>", node.lineno, LAMBDA_FUNCTION | self.frame.flags, (), parameters,
            None, kept[1], self.owner, _packed(self.frame),
        )  # fmt: skip
        self.frame, self.parent, self.context = kept
        return index

    def _parameters(self, arguments: ast.arguments) -> tuple[Any, ...]:
        """(name, annotation, default) of each; the name of `*args` and `**kwargs` has its stars."""
        positional = [*arguments.posonlyargs, *arguments.args]
        defaults = [None] * (len(positional) - len(arguments.defaults)) + arguments.defaults
        found: list[Any] = [
            (word.arg, self.annotation(word.annotation), None if value is None else self.visit(value))
            for word, value in zip(positional, defaults, strict=True)
        ]
        if arguments.vararg:
            found.append(("*" + arguments.vararg.arg, None, None))
        for word, value in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
            shape = None if value is None else self.visit(value)
            found.append((word.arg, self.annotation(word.annotation), shape))
        if arguments.kwarg:
            found.append(("**" + arguments.kwarg.arg, None, None))
        return tuple(found)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        index = len(self.functions)
        self.functions.append(None)
        decorators = tuple([self.visit(decorator) for decorator in node.decorator_list])
        parameters = self._parameters(node.args)
        flags = decorations(node) | (ASYNC if type(node) is ast.AsyncFunctionDef else 0)
        in_class = self.in_class
        if in_class:
            self.methods.setdefault(node.name, []).append((index, flags))
        else:
            self.frame.nested.append((node.name, index))
        kept = self.frame, self.parent, self.context, self.prefix, self.self_name, self.in_class
        parent = self.parent
        self.frame, self.parent, self.context = Frame(), index, 0
        if in_class and parameters and not flags & STATIC:
            self.self_name = parameters[0][0]
        self.in_class = False
        qualname = self.prefix + node.name
        self.prefix = qualname + "."
        self.block(node.body)
        frame = self.frame
        flags |= frame.flags | (GENERATOR if frame.yields else 0) | doing(node.body)
        self.functions[index] = (
            node.name, qualname, node.lineno, flags, decorators, parameters, self.annotation(node.returns),
            -1 if in_class and parent == 0 else parent, self.owner, _packed(frame),
        )  # fmt: skip
        self.frame, self.parent, self.context, self.prefix, self.self_name, self.in_class = kept

    in_class = False
    methods: dict[str, list[tuple[int, int]]]

    def _class(self, node: ast.ClassDef) -> None:
        index = len(self.classes)
        self.classes.append(None)
        bases = tuple([self.annotation(base) for base in node.bases])
        self.frame.classes.append((node.name, index))
        kept_frame, kept_attributes = self.frame, self.attributes
        kept = self.owner, self.prefix, self.in_class, getattr(self, "methods", {}), self.self_name
        self.frame, self.attributes, self.methods = Frame(), {}, {}
        qualname = self.prefix + node.name
        self.owner, self.prefix, self.in_class, self.self_name = index, qualname + ".", True, ""
        self.block(node.body)
        for name, _, annotation, value in self.frame.assigns:
            self.attributes.setdefault(name, []).insert(0, (-1, annotation, value))
        methods = {name: chosen(indices) for name, indices in self.methods.items()}
        attributes = {name: tuple(values) for name, values in self.attributes.items()}
        self.classes[index] = (node.name, qualname, node.lineno, bases, methods, attributes, self.parent)
        nested = self.frame.classes
        kept_frame.calls += self.frame.calls
        self.frame, self.attributes = kept_frame, kept_attributes
        self.frame.classes += [(f"{node.name}.{name}", inner) for name, inner in nested]
        self.owner, self.prefix, self.in_class, self.methods, self.self_name = kept

    def _branch(self, node: ast.If) -> None:
        self.test(node.test)
        branches.visit(node, self.frame.assigns, self.block)

    def _while(self, node: ast.While) -> None:
        kept = self.context
        self.context |= LOOPED
        self.test(node.test)
        self.block(node.body)
        self.context = kept
        self.block(node.orelse)

    def _for(self, node: ast.For | ast.AsyncFor) -> None:
        self.iterate(node.iter, node.target, type(node) is ast.AsyncFor)
        kept = self.context
        self.context |= LOOPED
        self.block(node.body)
        self.context = kept
        self.block(node.orelse)

    def _with(self, node: ast.With | ast.AsyncWith) -> None:
        is_async = type(node) is ast.AsyncWith
        kept, awaits, entered = self.context, self.frame.awaits, len(self.frame.enters)
        for item in node.items:
            value = item.context_expr
            if type(value) is ast.Call:
                shape = self.call(value, AWAITED if is_async else ENTERS)
            else:
                shape = self.visit(value)
            if shape is None:
                continue
            self.frame.enters.append(
                (shape, value.lineno, value.col_offset, value.end_lineno, value.end_col_offset, int(is_async))
            )
            if item.optional_vars is not None:
                self.bind(item.optional_vars, (AENTERED if is_async else ENTERED, shape))
            if is_async:
                self.context |= LOCKED
        inside = len(self.frame.enters)
        self.block(node.body)
        self.context = kept
        if not is_async and self.frame.awaits != awaits:
            enters = self.frame.enters
            enters[entered:inside] = [(*one[:5], WITH_AWAIT) for one in enters[entered:inside]]

    def _try(self, node: Any) -> None:
        self.block(node.body)
        asks = self.may_ask and bool(node.handlers) and asks_for_loop(node.body)
        for handler in node.handlers:
            kept = self.context
            if asks:
                self.context |= OFF_LOOP
            self.block(handler.body)
            self.context = kept
        self.block(node.orelse)
        self.block(node.finalbody)

    def _match(self, node: ast.Match) -> None:
        self.visit(node.subject)
        for case in node.cases:
            if case.guard is not None:
                self.visit(case.guard)
            self.block(case.body)

    def _import(self, node: ast.Import) -> None:
        for alias in node.names:
            name = alias.name
            local, module = (alias.asname, name) if alias.asname else (name.partition(".")[0],) * 2
            self._bring(local, module, "")

    def _import_from(self, node: ast.ImportFrom) -> None:
        module = "." * node.level + (node.module or "")
        for alias in node.names:
            if alias.name == "*":
                self.stars.append(module)
            else:
                self._bring(alias.asname or alias.name, module, alias.name)

    def _bring(self, local: str, module: str, name: str) -> None:
        if self.parent == 0 and not self.in_class:
            self.imports.setdefault(local, (module, name))
        else:
            self.frame.imports.append((local, module, name))


def _packed(frame: Frame) -> bytes:
    return marshal.dumps(
        (
            tuple(frame.calls), tuple(frame.assigns), tuple(frame.returns), tuple(frame.yields),
            tuple(frame.attributes), tuple(frame.imports), tuple(frame.enters), tuple(frame.iterates),
            tuple(frame.nested), tuple(frame.classes),
        )
    )  # fmt: skip
