"""Loops that take an item in each turn, as others bring them: the await that takes it, and what it is taken from.

An `async for` takes its items at its head.  A `while` takes them with the await at the head of its body, or in its
condition (`while (line := await reader.readline()):`), a `for` over nothing but a count likewise.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from asyncwhy.source.python_loops import bound_by, enclosing_loop, waited_for
from asyncwhy.source.python_module import FunctionNode, Module, dotted, own_nodes
from asyncwhy.source.python_names import Names
from asyncwhy.source.python_paths import bound_paths, read_paths, touched, uses
from asyncwhy.source.python_resources import Resources, tokens

#: Whole names, and words in names, of functions that take the next thing that somebody brought.
_TAKES = frozenset("get getone read readline readexactly readuntil".split())
_WORDS = frozenset(
    "recv receive accept next anext pop take dequeue consume "
    "message messages msg event events update updates packet frame line request job item command datagram".split()
)
#: Words in names of what brings one item after another for as long as it is there.
_STREAMS = frozenset("lines listen stream subscribe subscription feed watch".split())
#: Generators that take from generators are followed so many deep.
_DEEPEST = 3
#: With a size they bring a piece of a stream of bytes, whose order is all.
_BYTES = frozenset("read recv receive receive_some sock_recv recv_into".split())
#: What brings another item to a channel.
_FEEDS = frozenset("put append appendleft add push extend insert enqueue requeue feed".split())
#: Words for connections whose both directions one object stands for: who answers is given it.
_DUPLEX = frozenset("ws websocket socket sock conn connection client channel peer context".split())

Called = Callable[[ast.Call], list[FunctionNode]]


class Takes:
    """What the loops of one module take."""

    def __init__(self, module: Module, names: Names) -> None:
        """Nothing is worked out before it is asked for."""
        self.module = module
        self.names = names
        self.resources = Resources(module, names)

    def of(self, loop: ast.AST) -> ast.Await | None:
        """The await with which each turn of a `while`, or of a `for` that only counts, takes its item."""
        if not isinstance(loop, ast.While | ast.For):
            return None
        if isinstance(loop, ast.For) and uses(loop.body, bound_paths(loop.target)):
            return None
        first = self._first(loop)
        if first is None or not self._is_take(first):
            return None
        return first if self._is_used(first, loop) else None

    def _is_used(self, take: ast.Await, loop: ast.While | ast.For) -> bool:
        """Whether the turn does something with the item."""
        statement = self.module.statement_of(take)
        for outer in self.module.ancestors(take):
            if outer is statement:
                break
            if isinstance(outer, ast.Await):
                return True
        bound = bound_by(self.module, take)
        return any(touched(read_paths(node), bound) for node in loop.body if node is not statement)

    def _first(self, loop: ast.While | ast.For) -> ast.Await | None:
        """The await through which every turn passes before any other."""
        test = list(ast.walk(loop.test)) if isinstance(loop, ast.While) else []
        for node in [*test, *own_nodes(loop)]:
            if isinstance(node, ast.Await):
                within = [inner for inner in ast.walk(node) if isinstance(inner, ast.Await)]
                first = within[-1]  # an operand is awaited before what it is for
                return first if self._always(first, loop) else None
            if isinstance(node, ast.AsyncFor) or (isinstance(node, ast.comprehension) and node.is_async):
                return None
        return None

    def _always(self, node: ast.AST, loop: ast.AST) -> bool:
        """Whether nothing in the turn decides that the node is passed by."""
        inner = node
        for outer in self.module.ancestors(node):
            if outer is loop:
                return True
            match outer:
                case ast.If() | ast.IfExp() if inner is not outer.test:
                    return False
                case ast.Try() | ast.TryStar() if not any(inner is part for part in outer.body):
                    return False
                case ast.For() | ast.While() | ast.BoolOp() | ast.comprehension() | ast.match_case():
                    return False
            inner = outer
        return False

    def _is_take(self, node: ast.Await) -> bool:
        return self.receives(self.resources.callee(node.value), waited_for(node))

    def receives(self, callee: str, waited: ast.expr) -> bool:
        """Whether a call's name says that it takes the next item."""
        name = callee.rpartition(".")[2]
        if name in _BYTES and isinstance(waited, ast.Call) and waited.args:
            return False
        return name in _TAKES or bool(_WORDS.intersection(tokens(name)))

    def source(self, loop: ast.AST) -> set[str]:
        """The paths of what the loop takes its items from."""
        if isinstance(loop, ast.AsyncFor):
            return read_paths(loop.iter)
        take = self.of(loop)
        return set() if take is None else self._owners(take.value)

    def meddling(self, nodes: list[ast.AST], source: set[str], called: Called) -> str | None:
        """What the turns do themselves to the channel that brings their items: they bring more, or take some."""
        last = {path.rpartition(".")[2] for path in source}
        for node in nodes:
            for call in reached(waited_for(node), called):
                owner = dotted(call.func.value) if isinstance(call.func, ast.Attribute) else None
                if owner is None or owner.rpartition(".")[2] not in last:
                    continue
                method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
                if _FEEDS.intersection(tokens(method)):
                    return f"line {call.lineno} brings further items to `{owner}`"
                if self.receives(method, call):
                    return f"line {call.lineno} takes from `{owner}` as well"
        return None

    def _owners(self, waited: ast.expr) -> set[str]:
        """The objects whose methods are called."""
        calls = [node for node in ast.walk(waited) if isinstance(node, ast.Call)]
        owners = (dotted(call.func.value) for call in calls if isinstance(call.func, ast.Attribute))
        return {owner for owner in owners if owner is not None}

    def brought(self, loop: ast.AST) -> bool:
        """Whether what the loop runs over is brought by others, whatever its turns do: by a stream, or to a `while`
        around it."""
        match loop:
            case ast.For():
                return self._of_batches(loop)
            case ast.AsyncFor():
                return self._is_stream(loop.iter)
        return False

    def _is_stream(self, iterable: ast.expr, depth: int = 0) -> bool:
        """Whether an `async for` takes from something that is there already, directly or through a generator of the
        file; not from what a call makes as it is asked for it."""
        if not isinstance(iterable, ast.Call):
            return dotted(iterable) is not None
        name = iterable.func.attr if isinstance(iterable.func, ast.Attribute) else dotted(iterable.func)
        if (_WORDS | _STREAMS).intersection(tokens(name or "")):
            return True
        made = self.module.functions.get(self.names.qualified(iterable.func) or "", [])
        return depth < _DEEPEST and any(
            self._is_stream(node.iter, depth + 1)
            if isinstance(node, ast.AsyncFor)
            else isinstance(node, ast.While) and self.of(node) is not None
            for function in made
            for node in own_nodes(function)
        )

    def _of_batches(self, loop: ast.For) -> bool:
        """Whether a `for` runs over what a `while` around it was brought in this turn, and which goes on so, whatever
        that was.  Pages, of which the last one ends the loop, are not brought but fetched."""
        around = enclosing_loop(self.module, loop)
        if not isinstance(around, ast.While):
            return False
        inside = own_nodes(around)
        awaited = [node for node in inside if isinstance(node, ast.Await) and node.lineno <= loop.lineno]
        bound = set[str]().union(*(bound_by(self.module, node) for node in awaited))
        if not any(isinstance(node, ast.Await) for node in ast.walk(loop.iter)):
            if not touched(read_paths(loop.iter), bound):
                return False
        own = set[str]().union(*(self._bound(node) for node in inside))
        tests = [around.test]
        for node in inside:
            if isinstance(node, ast.If) and any(
                isinstance(part, ast.Break | ast.Return) for part in node.body
            ):
                tests.append(node.test)
        return not any(touched(read_paths(test), own) for test in tests)

    def _bound(self, node: ast.AST) -> set[str]:
        match node:
            case ast.Assign():
                return set[str]().union(*(bound_paths(target) for target in node.targets))
            case ast.AugAssign() | ast.AnnAssign() | ast.NamedExpr() | ast.For():
                return bound_paths(node.target)
        return set()


def reached(node: ast.AST, called: Called) -> Iterator[ast.Call]:
    """The calls in the node, and in the functions of the file that they lead to."""
    seen: set[ast.AST] = set()
    ahead = [node]
    while ahead:
        current = ahead.pop()
        inside = own_nodes(current) if isinstance(current, FunctionNode) else ast.walk(current)
        for call in (inner for inner in inside if isinstance(inner, ast.Call)):
            yield call
            further = [function for function in called(call) if function not in seen]
            seen.update(further)
            ahead += further


def is_duplex(path: str) -> bool:
    """Whether the name is that of a connection of which both directions are one object."""
    return bool(_DUPLEX.intersection(tokens(path)[-1:]))
