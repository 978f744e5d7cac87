"""What a name in the source stands for: through imports, constructors, annotations and `self`.

Flow is not followed: a name bound to two different things stands for neither.  Unresolved is None.
"""

from __future__ import annotations

import ast
import builtins
from dataclasses import dataclass
from functools import cached_property

from asyncwhy.source.python_module import FunctionNode, Module, dotted, own_nodes
from asyncwhy.source.python_types import RETURNS, RETURNS_TUPLE

_DEEPEST = 12  # steps from name to name before giving up: cycles, and chains nobody writes
Scope = ast.Module | FunctionNode | ast.Lambda


@dataclass(frozen=True, slots=True)
class Binding:
    """One way a name is bound.  `how`: import, local (a def or class), value, enter (`with .. as`),
    annotation, element (of a tuple, at `index`) or unknown."""

    how: str
    name: str = ""
    node: ast.expr | None = None
    index: int = 0


class Names:
    """The names of one module."""

    def __init__(self, module: Module) -> None:
        """Nothing is worked out before it is asked for."""
        self.module = module
        self._bindings: dict[ast.AST, dict[str, list[Binding]]] = {}
        self._attributes: dict[str, dict[str, list[Binding]]] = {}

    @cached_property
    def classes(self) -> dict[str, ast.ClassDef]:
        """The module's classes by qualified name."""
        found = [node for node in self.module.nodes if isinstance(node, ast.ClassDef)]
        return {self.module.qualname(node): node for node in found}

    def scope_bindings(self, scope: Scope) -> dict[str, list[Binding]]:
        """The names that the scope itself binds."""
        if scope not in self._bindings:
            self._bindings[scope] = _Binder(self.module, scope).run()
        return self._bindings[scope]

    def lookup(self, name: str, at: ast.AST) -> list[Binding]:
        """How the innermost scope around `at` that binds the name binds it."""
        scope = self.module.function_of(at)
        while scope is not None:
            if name in (bound := self.scope_bindings(scope)):
                return bound[name]
            scope = self.module.function_of(scope)
        return self.scope_bindings(self.module.tree).get(name, [])

    def qualified(self, node: ast.expr, depth: int = 0) -> str | None:
        """The dotted name of what the expression refers to: a function, a class, a module."""
        if depth > _DEEPEST:
            return None
        if isinstance(node, ast.Name):
            return self._qualified_name(node, depth + 1)
        if isinstance(node, ast.Attribute):
            owner = self.type_of(node.value, depth + 1)
            if owner is not None:
                return self._member(owner, node.attr)
            base = self.qualified(node.value, depth + 1)
            return None if base is None else f"{base}.{node.attr}"
        if isinstance(node, ast.Call) and self.qualified(node.func, depth + 1) == "functools.partial":
            return self.qualified(node.args[0], depth + 1) if node.args else None
        return None

    def _qualified_name(self, node: ast.Name, depth: int) -> str | None:
        bound = self.lookup(node.id, node)
        if not bound:
            return f"builtins.{node.id}" if hasattr(builtins, node.id) else None
        found: set[str | None] = set()
        for binding in bound:
            if binding.how in ("import", "local"):
                found.add(binding.name)
            elif binding.how == "value" and binding.node is not None:
                reference = isinstance(binding.node, ast.Name | ast.Attribute | ast.Call)
                found.add(self.qualified(binding.node, depth) if reference else None)
            else:
                found.add(None)
        return found.pop() if len(found) == 1 else None

    def type_of(self, node: ast.expr, depth: int = 0) -> str | None:
        """The dotted name of the class that the expression's value is an instance of."""
        if depth > _DEEPEST:
            return None
        match node:
            case ast.Name():
                return self._agreed(self.lookup(node.id, node), depth + 1) or self._self_type(node)
            case ast.Attribute():
                owner = self.type_of(node.value, depth + 1)
                return None if owner is None else self._attribute_type(owner, node.attr, depth + 1)
            case ast.Call():
                return self.returned(node, depth + 1)
            case ast.Await() | ast.NamedExpr():
                return self.type_of(node.value, depth + 1)
            case ast.BinOp(op=ast.Div()):
                left = self.type_of(node.left, depth + 1)
                return left if left == "pathlib.Path" else None
            case ast.IfExp():
                body, other = self.type_of(node.body, depth + 1), self.type_of(node.orelse, depth + 1)
                return body if body == other else None
        return None

    def returned(self, call: ast.Call, depth: int = 0) -> str | None:
        """The type of what a call returns (of what its awaiting returns, for a coroutine)."""
        callee = self.qualified(call.func, depth + 1)
        if callee is None:
            return None
        if callee in RETURNS:
            return RETURNS[callee]
        if callee in self.classes:
            return callee
        for function in self.module.functions.get(callee, []):
            if function.returns is not None:
                return self.annotated(function.returns, depth + 1)
            return None
        last = callee.rpartition(".")[2]
        return callee if last[:1].isupper() and not last.isupper() else None

    def annotated(self, node: ast.expr, depth: int = 0) -> str | None:
        """The class that an annotation names; `X | None`, `Optional[X]` and `Annotated[X, ..]` are X."""
        if depth > _DEEPEST:
            return None
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return self._annotated_text(node, depth)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            sides = [side for side in (node.left, node.right) if not _is_none(side)]
            return self.annotated(sides[0], depth + 1) if len(sides) == 1 else None
        if isinstance(node, ast.Subscript):
            outer = self.qualified(node.value, depth + 1) or ""
            if outer.rpartition(".")[2] in ("Optional", "Annotated", "Final", "ClassVar"):
                inner = node.slice.elts[0] if isinstance(node.slice, ast.Tuple) else node.slice
                return self.annotated(inner, depth + 1)
            return outer or None
        return self.qualified(node, depth + 1)

    def _annotated_text(self, node: ast.Constant, depth: int) -> str | None:
        try:
            inner = ast.parse(str(node.value), mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
        for part in ast.walk(inner):  # the string's names are looked up where the string stands
            self.module.parents.setdefault(part, node)
        return self.annotated(inner, depth + 1)

    def _agreed(self, bindings: list[Binding], depth: int) -> str | None:
        found = {self._bound_type(binding, depth) for binding in bindings if not _is_none(binding.node)}
        return found.pop() if len(found) == 1 else None

    def _bound_type(self, binding: Binding, depth: int) -> str | None:
        if binding.node is None:
            return None
        if binding.how == "annotation":
            return self.annotated(binding.node, depth)
        if binding.how == "element":
            return self._element_type(binding, depth)
        return self.type_of(binding.node, depth) if binding.how in ("value", "enter") else None

    def _element_type(self, binding: Binding, depth: int) -> str | None:
        value = binding.node.value if isinstance(binding.node, ast.Await) else binding.node
        if isinstance(value, ast.Tuple) and binding.index < len(value.elts):
            return self.type_of(value.elts[binding.index], depth)
        if not isinstance(value, ast.Call):
            return None
        callee = self.qualified(value.func, depth)
        kinds = RETURNS_TUPLE.get(callee or "", ())
        return kinds[binding.index] if binding.index < len(kinds) else None

    def _self_type(self, node: ast.Name) -> str | None:
        """The class, for the first parameter of a method (`self`, `cls`), nested functions included."""
        scope = self.module.function_of(node)
        while scope is not None:
            if isinstance(scope, FunctionNode) and node.id in self.scope_bindings(scope):
                outer = self.module.parents.get(scope)
                first = [*scope.args.posonlyargs, *scope.args.args][:1]
                static = any(dotted(decorator) == "staticmethod" for decorator in scope.decorator_list)
                if isinstance(outer, ast.ClassDef) and not static and first and first[0].arg == node.id:
                    return self.module.qualname(outer)
                return None
            scope = self.module.function_of(scope)
        return None

    def bases(self, name: str) -> list[str]:
        """The class and those of its bases that stand in this module, nearest first."""
        found, pending = [], [name]
        while pending:
            if (current := pending.pop(0)) in found or current not in self.classes:
                continue
            found.append(current)
            pending += [base for node in self.classes[current].bases if (base := self.qualified(node))]
        return found

    def _member(self, owner: str, attribute: str) -> str | None:
        if owner not in self.classes:
            return f"{owner}.{attribute}"
        for name in self.bases(owner):
            if f"{name}.{attribute}" in self.module.functions:
                return f"{name}.{attribute}"
        return None

    def _attribute_type(self, owner: str, attribute: str, depth: int) -> str | None:
        for name in self.bases(owner):
            bound = self.class_attributes(name).get(attribute)
            if bound:
                return self._agreed(bound, depth)
            for function in self.module.functions.get(f"{name}.{attribute}", []):
                wanted = any((dotted(d) or "").endswith("property") for d in function.decorator_list)
                return self.annotated(function.returns, depth) if wanted and function.returns else None
        return None

    def class_attributes(self, name: str) -> dict[str, list[Binding]]:
        """How the class's body and methods bind its attributes (`self.x = ...`, `x: T`)."""
        if name not in self._attributes:
            found = _Binder(self.module, None)
            node = self.classes[name]
            for statement in node.body:
                if isinstance(statement, FunctionNode):
                    first = [*statement.args.posonlyargs, *statement.args.args][:1]
                    found.attributes_of(statement, first[0].arg if first else "")
                elif isinstance(statement, ast.Assign | ast.AnnAssign):
                    found.statement(statement)
            self._attributes[name] = found.found
        return self._attributes[name]


class _Binder:
    """Collects the bindings of one scope, or of one class's attributes."""

    def __init__(self, module: Module, scope: Scope | None) -> None:
        self.module = module
        self.scope = scope
        self.owner: str | None = None  # "self", while attributes are collected
        self.found: dict[str, list[Binding]] = {}

    def run(self) -> dict[str, list[Binding]]:
        if isinstance(self.scope, FunctionNode | ast.Lambda):
            self._parameters(self.scope.args)
        if self.scope is not None:
            elsewhere: set[str] = set()
            for node in own_nodes(self.scope):
                if isinstance(node, ast.Global | ast.Nonlocal):
                    elsewhere.update(node.names)
                self.statement(node)
            for name in elsewhere:
                self.found.pop(name, None)
        return self.found

    def attributes_of(self, method: FunctionNode, owner: str) -> None:
        self.owner = owner
        annotated = {a.arg: a.annotation for a in [*method.args.args, *method.args.kwonlyargs]}
        for node in own_nodes(method):
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Name):
                if annotation := annotated.get(node.value.id):
                    for target in node.targets:
                        self._bind(target, Binding("annotation", node=annotation))
                    continue
            if isinstance(node, ast.Assign | ast.AnnAssign | ast.withitem):
                self.statement(node)
        self.owner = None

    def statement(self, node: ast.AST) -> None:
        match node:
            case ast.Import() | ast.ImportFrom():
                self._imports(node)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                self._add(node.name, Binding("local", self.module.qualname(node)))
            case ast.Assign():
                for target in node.targets:
                    self._bind(target, Binding("value", node=node.value))
            case ast.AnnAssign():
                self._bind(node.target, Binding("annotation", node=node.annotation))
            case ast.NamedExpr():
                self._bind(node.target, Binding("value", node=node.value))
            case ast.withitem() if node.optional_vars is not None:
                self._bind(node.optional_vars, Binding("enter", node=node.context_expr))
            case ast.For() | ast.AsyncFor() | ast.comprehension():
                self._bind(node.target, Binding("unknown"))
            case ast.ExceptHandler() if node.name:
                self._add(node.name, Binding("unknown"))

    def _imports(self, node: ast.Import | ast.ImportFrom) -> None:
        for alias in node.names:
            if isinstance(node, ast.Import):
                name = alias.name if alias.asname else alias.name.partition(".")[0]
                self._add(alias.asname or name, Binding("import", name))
            else:
                source = "." * node.level + (node.module or "")
                name = f"{source}.{alias.name}" if source.strip(".") else f"{source}{alias.name}"
                self._add(alias.asname or alias.name, Binding("import", name))

    def _parameters(self, given: ast.arguments) -> None:
        every = [*given.posonlyargs, *given.args, *given.kwonlyargs]
        for parameter in every:
            how = "annotation" if parameter.annotation is not None else "unknown"
            self._add(parameter.arg, Binding(how, node=parameter.annotation))
        for parameter in filter(None, [given.vararg, given.kwarg]):
            self._add(parameter.arg, Binding("unknown"))

    def _bind(self, target: ast.expr, binding: Binding) -> None:
        if isinstance(target, ast.Tuple | ast.List):
            for index, element in enumerate(target.elts):
                how = "element" if binding.how in ("value", "enter") else "unknown"
                self._bind(element, Binding(how, node=binding.node, index=index))
        elif isinstance(target, ast.Name) and self.owner is None:
            self._add(target.id, binding)
        elif isinstance(target, ast.Attribute) and self.owner is not None:
            if isinstance(target.value, ast.Name) and target.value.id == self.owner:
                self._add(target.attr, binding)

    def _add(self, name: str, binding: Binding) -> None:
        self.found.setdefault(name, []).append(binding)


def _is_none(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
