"""JavaScript and TypeScript behind the one interface: tree-sitter, loaded when a file is first asked about."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from asyncwhy.source.interface import Await, Call, Confidence, Function, Independence
from asyncwhy.source.texts import Sources

if TYPE_CHECKING:
    from tree_sitter import Node

    from asyncwhy.source.javascript_dataflow import Dataflow
    from asyncwhy.source.javascript_tree import Tree

ENDINGS = (".js", ".cjs", ".mjs", ".jsx", ".ts", ".cts", ".mts", ".tsx")
_UNKNOWN = Independence(False, "the source could not be read", Confidence.LOW)


class JavaScriptSource:
    """Answers the questions of `interface.Source` for files of JavaScript and TypeScript."""

    def __init__(self, sources: Sources) -> None:
        """Answer from these texts."""
        self.sources = sources
        self._trees: dict[str, tuple[Tree, Dataflow] | None] = {}
        self._unread: dict[str, str] = {}

    def _parsed(self, file: str) -> tuple[Tree, Dataflow] | None:
        if file not in self._trees:
            self._trees[file] = self._parse(file)
        return self._trees[file]

    def _parse(self, file: str) -> tuple[Tree, Dataflow] | None:
        from asyncwhy.source.javascript_dataflow import Dataflow
        from asyncwhy.source.javascript_tree import Tree, Unparsable

        text = self.sources.text(file)
        if text is None:
            self._unread[file] = "not found"
            return None
        try:
            tree = Tree(file, text)
        except (Unparsable, ValueError, RecursionError) as error:
            self._unread[file] = str(error)
            return None
        return tree, Dataflow(tree)

    def unread(self) -> tuple[tuple[str, str], ...]:
        """See `interface.Source.unread`."""
        return tuple(self._unread.items())

    def line(self, file: str, number: int) -> str | None:
        """See `interface.Source.line`."""
        lines = self.sources.lines(file)
        return lines[number - 1] if 1 <= number <= len(lines) else None

    def call_at(
        self,
        file: str,
        line: int,
        column: int | None = None,
        callee_hint: str | None = None,
    ) -> Call | None:
        """See `interface.Source.call_at`; V8 says where what is called is named, not where the call begins."""
        from asyncwhy.source.javascript_calls import call_at

        parsed = self._parsed(file)
        return None if parsed is None else call_at(parsed[0], line, column, callee_hint)

    def function_at(self, file: str, line: int, name: str | None = None) -> Function | None:
        """See `interface.Source.function_at`."""
        if (parsed := self._parsed(file)) is None:
            return None
        node = self._function_at(parsed[0], line, name)
        return None if node is None else parsed[0].describe(node)

    def _function_at(self, tree: Tree, line: int, name: str | None) -> Node | None:
        found = tree.functions_at(line)
        if name == "<module>":  # or a function without a name: V8 tells them apart no better
            nameless = [node for node in found if tree.name_of(node) == "<anonymous>"]
            return nameless[0] if nameless else tree.root
        if name is not None:
            found = [node for node in found if tree.name_of(node) == name] or found
        return found[0] if found else None

    def definition(self, file: str, qualname: str) -> Function | None:
        """See `interface.Source.definition`."""
        if (parsed := self._parsed(file)) is None:
            return None
        found = [node for node in parsed[0].functions if parsed[0].name_of(node) == qualname]
        return parsed[0].describe(found[0]) if len(found) == 1 else None

    def _node(self, tree: Tree, function: Function | str) -> Node | None:
        from asyncwhy.source.javascript_tree import line_of

        if isinstance(function, Function):
            if function.name == "<module>":
                return tree.root
            found = [
                n for n in tree.functions if line_of(n) == function.line and tree.name_of(n) == function.name
            ]
        else:
            found = [node for node in tree.functions if tree.name_of(node) == function]
        return found[0] if len(found) == 1 else None

    def awaits(self, file: str, function: Function | str) -> tuple[Await, ...]:
        """See `interface.Source.awaits`."""
        from asyncwhy.source.javascript_awaits import awaits_of, describe

        parsed = self._parsed(file)
        node = None if parsed is None else self._node(parsed[0], function)
        if parsed is None or node is None:
            return ()
        return tuple(describe(parsed[0], one) for one in awaits_of(node))

    def _await_nodes(self, tree: Tree, awaits: tuple[Await, ...]) -> list[Node]:
        from asyncwhy.source.javascript_awaits import operand
        from asyncwhy.source.javascript_tree import is_for_await, walk

        wanted = {one.extent for one in awaits}
        found = []
        for node in walk(tree.root):
            shown = operand(node) if is_for_await(node) else node
            if (shown is not node or node.type == "await_expression") and shown is not None:
                if tree.extent(shown) in wanted:
                    found.append(node)
        return found

    def independent(self, file: str, awaits: tuple[Await, ...]) -> Independence:
        """See `interface.Source.independent`."""
        parsed = self._parsed(file)
        if parsed is None or not awaits:
            return _UNKNOWN
        if len({one.extent for one in awaits}) == 1:
            return self.independent_turns(file, awaits)
        nodes = self._await_nodes(parsed[0], awaits)
        return parsed[1].independent(nodes) if len(nodes) > 1 else _UNKNOWN

    def independent_turns(self, file: str, awaits: tuple[Await, ...]) -> Independence:
        """See `interface.Source.independent_turns`."""
        from asyncwhy.source.javascript_turns import Turns

        parsed = self._parsed(file)
        nodes = [] if parsed is None else self._await_nodes(parsed[0], awaits)
        return Turns(parsed[1], nodes).independent() if parsed is not None and nodes else _UNKNOWN

    def unawaited_calls(self, file: str, function: Function | str, callee: str) -> tuple[Call, ...]:
        """See `interface.Source.unawaited_calls`."""
        from asyncwhy.source.javascript_calls import unawaited

        parsed = self._parsed(file)
        node = None if parsed is None else self._node(parsed[0], function)
        return () if parsed is None or node is None else unawaited(parsed[0], node, callee)

    def maker_at(self, file: str, line: int) -> Call | None:
        """See `interface.Source.maker_at`."""
        from asyncwhy.source.javascript_calls import maker_at

        parsed = self._parsed(file)
        return None if parsed is None else maker_at(parsed[0], line)

    def loop_around(self, file: str, lines: Collection[int]) -> int | None:
        """See `interface.Source.loop_around`."""
        from asyncwhy.source.javascript_calls import loop_around

        parsed = self._parsed(file)
        return None if parsed is None or not lines else loop_around(parsed[0], min(lines), max(lines))
