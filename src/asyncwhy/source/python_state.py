"""What a function shares with others: module variables, closures and attributes of its object.

Followed through calls of functions in the same file, so that two awaits that look unrelated are seen to
meet in one cache, one counter or one lock.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from asyncwhy.source.python_module import FunctionNode, Module, dotted, own_nodes
from asyncwhy.source.python_names import Names
from asyncwhy.source.python_paths import bound_paths
from asyncwhy.source.python_resources import Resources

_DEEPEST = 40  # calls followed, well within Python's own recursion limit
_GROWS = frozenset("append add extend update insert appendleft clear".split())
#: Methods that change the object whose they are.
CHANGES = _GROWS | frozenset("setdefault pop popleft popitem remove discard sort reverse".split())


@dataclass(slots=True)
class State:
    """Shared things by name; an attribute of the function's own object is `<self>.name`."""

    reads: set[str] = field(default_factory=set)
    writes: set[str] = field(default_factory=set)
    locks: set[str] = field(default_factory=set)

    def take(self, other: State) -> None:
        """Add all that the other has."""
        self.reads |= other.reads
        self.writes |= other.writes
        self.locks |= other.locks


class SharedState:
    """The shared state of one module's functions."""

    def __init__(self, module: Module, names: Names) -> None:
        """Nothing is worked out before it is asked for."""
        self.module = module
        self.names = names
        self.resources = Resources(module, names)
        self._found: dict[ast.AST, State] = {}

    def of(self, function: FunctionNode, depth: int = 0) -> State:
        """What the function, and what it calls in this file, shares."""
        if function in self._found or depth > _DEEPEST:
            return self._found.get(function, State())
        state = self._found[function] = State()  # a cycle adds nothing to itself
        for node in own_nodes(function):
            self._visit(function, node, state)
            if isinstance(node, ast.Call):
                owner = self._owner(function, node)
                for callee in self.called(node):
                    if callee is not function:
                        state.take(_renamed(self.of(callee, depth + 1), owner))
        return state

    def _owner(self, function: FunctionNode, call: ast.Call) -> str | None:
        """What the callee's own object is called in terms of this function's state."""
        path = dotted(call.func.value) if isinstance(call.func, ast.Attribute) else None
        if path is None:
            return None
        parameters = [*function.args.posonlyargs, *function.args.args][:1]
        if parameters and path == parameters[0].arg:
            return "<self>"
        return self._shared_path(function, path)

    def called(self, call: ast.Call) -> list[FunctionNode]:
        """The functions of this file that the call may run, those given as arguments included."""
        found: list[FunctionNode] = []
        for target in [call.func, *call.args]:
            if isinstance(target, ast.Name | ast.Attribute):
                found += self.module.functions.get(self.names.qualified(target) or "", [])
        return found

    def seen_from(self, waited: ast.AST) -> State:
        """The state that an awaited expression's calls share, `<self>` put into the caller's words."""
        found = State()
        for call in ast.walk(waited):
            if not isinstance(call, ast.Call):
                continue
            owner = dotted(call.func.value) if isinstance(call.func, ast.Attribute) else None
            for function in self.called(call):
                found.take(_renamed(self.of(function), owner))
        return found

    def acts_beyond(self, waited: ast.expr) -> str | None:
        """The object of a method that keeps nothing in it, as far as its file shows: what it does, it does elsewhere."""
        owner = receiver(waited)
        if owner is None or any(
            binding.how == "import" for binding in self.names.lookup(owner.partition(".")[0], waited)
        ):
            return None
        return None if self.seen_from(waited).writes else owner

    def _visit(self, function: FunctionNode, node: ast.AST, state: State) -> None:
        match node:
            case ast.With() | ast.AsyncWith():
                for item in node.items:
                    path = self._shared(function, item.context_expr)
                    if path and self.resources.context(item) == "lock":
                        state.locks.add(path)
            case ast.Assign():
                for target in node.targets:
                    self._write(function, target, state)
            case ast.AugAssign() | ast.AnnAssign():
                self._write(function, node.target, state)
            case ast.Call(func=ast.Attribute(value=receiver, attr=name)) if name in CHANGES:
                if path := self._shared(function, receiver):
                    state.writes.add(path)
            case ast.Name(ctx=ast.Load()) | ast.Attribute(ctx=ast.Load()):
                self._read(function, node, state)

    def _read(self, function: FunctionNode, node: ast.expr, state: State) -> None:
        parent = self.module.parents.get(node)
        if isinstance(parent, ast.Attribute):
            return  # the longer path speaks for itself
        if isinstance(parent, ast.Call) and parent.func is node and isinstance(node, ast.Attribute):
            if node.attr in _GROWS:
                return
            node = node.value
        if isinstance(node, ast.Attribute | ast.Name) and (path := self._shared(function, node)):
            if not (isinstance(parent, ast.Subscript) and not isinstance(parent.ctx, ast.Load)):
                state.reads.add(path)

    def _write(self, function: FunctionNode, target: ast.expr, state: State) -> None:
        for path in bound_paths(target):
            if isinstance(target, ast.Name) and path in self.names.scope_bindings(function):
                continue
            if shared := self._shared_path(function, path):
                state.writes.add(shared)

    def _shared(self, function: FunctionNode, node: ast.expr) -> str | None:
        path = dotted(node)
        return None if path is None else self._shared_path(function, path)

    def _shared_path(self, function: FunctionNode, path: str) -> str | None:
        """The path as `State` names it, or None where it belongs to the function alone or never changes."""
        parts = path.split(".")
        own = self.names.scope_bindings(function)
        parameters = [*function.args.posonlyargs, *function.args.args]
        method = isinstance(self.module.parents.get(function), ast.ClassDef)
        if method and parameters and parts[0] == parameters[0].arg:
            if len(parts) < 2 or f"{self._class(function)}.{parts[1]}" in self.module.functions:
                return None
            return f"<self>.{parts[1]}"
        if parts[0] in own:
            return None
        bound = self.names.lookup(parts[0], function.body[0])
        if not bound or any(binding.how in ("import", "local") for binding in bound):
            return None
        return parts[0]

    def _class(self, function: FunctionNode) -> str:
        return self.module.qualname(self.module.parents[function])


def receiver(waited: ast.expr) -> str | None:
    """The object whose method is called."""
    method = waited.func if isinstance(waited, ast.Call) else None
    return dotted(method.value) if isinstance(method, ast.Attribute) else None


def _renamed(state: State, owner: str | None) -> State:
    """The state with `<self>` called `owner`; what belongs to an object nobody else names is left out."""

    def rename(paths: set[str]) -> set[str]:
        if owner is None:
            return {path for path in paths if not path.startswith("<self>")}
        return {path.replace("<self>", owner, 1) for path in paths}

    return State(rename(state.reads), rename(state.writes), rename(state.locks))
