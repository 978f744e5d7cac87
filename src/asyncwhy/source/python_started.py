"""Whether what is awaited was under way already: a task, a future, a job of an executor."""

from __future__ import annotations

import ast

from asyncwhy.source.python_loops import waited_for
from asyncwhy.source.python_module import Module, dotted
from asyncwhy.source.python_names import Names
from asyncwhy.source.python_resources import tokens
from asyncwhy.source.python_types import STARTED

_COROUTINES = frozenset("coro coros coroutine coroutines awaitable awaitables".split())
_STARTERS = frozenset(
    {"create_task", "ensure_future", "run_in_executor", "submit", "start_soon", "as_completed"}
)
_WRAPPERS = frozenset({"wait_for", "shield", "wrap_future", "gather", "wait"})


class Started:
    """What the awaits of one module wait for, as far as it was started before."""

    def __init__(self, module: Module, names: Names) -> None:
        """Nothing is worked out before it is asked for."""
        self.module = module
        self.names = names

    def before(self, node: ast.AST, line: int) -> str | None:
        """The words for it, if what the await waits for was started before that line."""
        if not isinstance(node, ast.Await):
            return None
        operands = self._operands(waited_for(node))
        made = [self._made(operand) for operand in operands]
        if not operands or any(one is None or one >= line for one in made):
            return None
        text = self.module.segment(operands[0])
        if not made[0]:
            return f"`{text}` may have been started before: then they overlap already"
        return f"`{text}` was started on line {made[0]} before: they overlap already"

    def _operands(self, waited: ast.expr) -> list[ast.expr]:
        """The things that are awaited, `wait_for` and `gather` looked through."""
        if not isinstance(waited, ast.Call):
            return [waited]
        name = self.names.qualified(waited.func) or dotted(waited.func) or ""
        if name.rpartition(".")[2] not in _WRAPPERS:
            return []
        return [argument.value if isinstance(argument, ast.Starred) else argument for argument in waited.args]

    def _made(self, operand: ast.expr) -> int | None:
        """The line that started the operand, 0 where unknown; None for a coroutine, which `await` starts."""
        while isinstance(operand, ast.Subscript):
            operand = operand.value
        if not isinstance(operand, ast.Name | ast.Attribute):
            return None
        bound = self.names.lookup(operand.id, operand) if isinstance(operand, ast.Name) else []
        makers = [binding.node for binding in bound if binding.node is not None and binding.how == "value"]
        if any(self.starts(maker) for maker in makers) or self.names.type_of(operand) in STARTED:
            return min((maker.lineno for maker in makers), default=0)
        if makers and all(isinstance(maker, ast.Call | ast.List | ast.ListComp) for maker in makers):
            if not any(isinstance(maker, ast.List) and not maker.elts for maker in makers):
                return None  # made of calls that start nothing: coroutines
        return None if _COROUTINES.intersection(tokens(dotted(operand) or "")) else 0

    def starts(self, maker: ast.expr) -> bool:
        """Whether evaluating the expression starts something, or a collection of such."""
        match maker:
            case ast.Call():
                name = self.names.qualified(maker.func) or dotted(maker.func) or ""
                if isinstance(maker.func, ast.Attribute):
                    name = name or maker.func.attr
                return name.rpartition(".")[2] in _STARTERS or self.names.type_of(maker) in STARTED
            case ast.List() | ast.Tuple() | ast.Set():
                return bool(maker.elts) and all(self.starts(element) for element in maker.elts)
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp():
                return self.starts(maker.elt)
            case ast.DictComp():
                return self.starts(maker.value)
            case ast.Name():
                return self._made(maker) is not None
        return False
