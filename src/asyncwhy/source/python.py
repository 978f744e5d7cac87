"""Python behind the one interface: the standard library's `ast`, parsed when first asked for, then kept."""

from __future__ import annotations

import ast
from collections.abc import Collection

from asyncwhy.source.interface import Await, Call, Confidence, Function, Independence, Poll, Section
from asyncwhy.source.python_awaits import Awaits
from asyncwhy.source.python_calls import Calls
from asyncwhy.source.python_connections import connection_at
from asyncwhy.source.python_dataflow import Dataflow
from asyncwhy.source.python_items import repeated_at
from asyncwhy.source.python_module import FunctionNode, Module, Unparsable, dotted
from asyncwhy.source.python_names import Names
from asyncwhy.source.python_needs import changed_parameters, meet, names_in_signature, parameters
from asyncwhy.source.python_pace import paces
from asyncwhy.source.python_polls import poll_at, spin_at
from asyncwhy.source.python_repeats import loop_around
from asyncwhy.source.python_sections import limited_to, section_at
from asyncwhy.source.python_state import SharedState
from asyncwhy.source.texts import Sources

_UNKNOWN = Independence(False, "the source could not be read", Confidence.LOW)


class Parsed:
    """What is known of one parsed file."""

    def __init__(self, module: Module) -> None:
        """Nothing beyond the tree is worked out before it is asked for."""
        self.module = module
        self.names = Names(module)
        self.calls = Calls(module, self.names)
        self.awaits = Awaits(module, self.names)
        self.state = SharedState(module, self.names)
        self.dataflow = Dataflow(module, self.names, self.state)


class PythonSource:
    """Answers the questions of `interface.Source` for Python files."""

    def __init__(self, sources: Sources | None = None) -> None:
        """Answer from these texts; from the disk where there are none."""
        self.sources = sources if sources is not None else Sources()
        self._parsed: dict[str, Parsed | None] = {}
        self._unread: dict[str, str] = {}

    def parsed(self, file: str) -> Parsed | None:
        """The file's tree and what hangs on it; None where it cannot be had."""
        if file not in self._parsed:
            self._parsed[file] = self._parse(file)
        return self._parsed[file]

    def _parse(self, file: str) -> Parsed | None:
        text = self.sources.text(file)
        if text is None:
            self._unread[file] = "not found"
            return None
        try:
            return Parsed(Module(file, text, self.sources.lines(file)))
        except Unparsable as error:
            self._unread[file] = str(error)
            return None

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
        end_line: int | None = None,
        end_column: int | None = None,
        callee_hint: str | None = None,
    ) -> Call | None:
        """See `interface.Source.call_at`."""
        if (parsed := self.parsed(file)) is None:
            return None
        node = parsed.calls.at(line, column, end_line, end_column, callee_hint)
        return None if node is None else parsed.calls.describe(node)

    def function_at(self, file: str, line: int, name: str | None = None) -> Function | None:
        """See `interface.Source.function_at`."""
        if (parsed := self.parsed(file)) is None:
            return None
        found = parsed.module.functions_at(line)
        if name is not None:
            last = name.rpartition(".")[2]
            found = [node for node in found if node.name == last] or found
        return parsed.module.describe(found[0]) if found else None

    def definition(self, file: str, qualname: str) -> Function | None:
        """See `interface.Source.definition`."""
        if (parsed := self.parsed(file)) is None:
            return None
        found = self._definitions(parsed, qualname)
        return parsed.module.describe(found[0]) if len(found) == 1 else None

    def _definitions(self, parsed: Parsed, qualname: str) -> list[FunctionNode]:
        functions = parsed.module.functions
        if qualname in functions:
            return functions[qualname]
        wanted = qualname.replace("<locals>.", "")
        exact = [
            node for name in functions if name.replace("<locals>.", "") == wanted for node in functions[name]
        ]
        if exact or "." in wanted:
            return exact
        return [node for nodes in functions.values() for node in nodes if node.name == wanted]

    def _function(self, parsed: Parsed, function: Function | str) -> FunctionNode | None:
        if isinstance(function, Function):
            for node in parsed.module.functions.get(function.qualname, []):
                if node.lineno == function.line:
                    return node
            return None
        found = self._definitions(parsed, function)
        return found[0] if len(found) == 1 else None

    def awaits(self, file: str, function: Function | str) -> tuple[Await, ...]:
        """See `interface.Source.awaits`."""
        parsed = self.parsed(file)
        node = None if parsed is None else self._function(parsed, function)
        return () if parsed is None or node is None else parsed.awaits.of(node)

    def independent(self, file: str, awaits: tuple[Await, ...]) -> Independence:
        """See `interface.Source.independent`."""
        parsed = self.parsed(file)
        if parsed is None or not awaits:
            return _UNKNOWN
        if len({one.extent for one in awaits}) == 1:
            return self.independent_turns(file, awaits)
        return parsed.dataflow.independent([parsed.awaits.node(one) for one in awaits])

    def independent_turns(
        self, file: str, awaits: tuple[Await, ...], *, fed: bool = False, batches: bool = False
    ) -> Independence:
        """See `interface.Source.independent_turns`."""
        parsed = self.parsed(file)
        if parsed is None or not awaits:
            return _UNKNOWN
        nodes = [parsed.awaits.node(one) for one in awaits]
        return parsed.dataflow.independent_turns(nodes, fed=fed, batches=batches)

    def repeated_at(self, file: str, line: int) -> int | None:
        """See `interface.Source.repeated_at`."""
        parsed = self.parsed(file)
        return None if parsed is None else repeated_at(parsed.module, line)

    def section_at(self, file: str, line: int, column: int | None = None) -> Section | None:
        """See `interface.Source.section_at`."""
        parsed = self.parsed(file)
        return (
            None
            if parsed is None
            else section_at(parsed.module, parsed.names, parsed.calls, line, column or None)
        )

    def maker_at(self, _file: str, _line: int) -> Call | None:
        """See `interface.Source.maker_at`; the agent tells where Python's are made."""
        return None

    def limited_to(self, number: int) -> tuple[Call, ...]:
        """See `interface.Source.limited_to`."""
        return tuple(call for each in self._users() for call in limited_to(each.module, each.calls, number))

    def _users(self) -> list[Parsed]:
        """The user's own files, as far as they are at hand."""
        own = [self.parsed(file) for file in self.sources.files() if self.sources.is_user(file)]
        return [each for each in own if each is not None]

    def may_need(self, later: Function, earlier: Function) -> bool:
        """See `interface.Source.may_need`."""
        one, other = self.parsed(later.file), self.parsed(earlier.file)
        after = None if one is None else self._function(one, later)
        before = None if other is None else self._function(other, earlier)
        if one is None or other is None or after is None or before is None:
            return True
        modules = [each.module for each in self._users()]
        if earlier.name in names_in_signature([*modules, one.module], after):
            return True
        both = parameters(after) & parameters(before)
        if both & (changed_parameters(after) | changed_parameters(before)):
            return True
        return one is other and meet(one.state.of(before), one.state.of(after))

    def poll_at(self, file: str, line: int, *, alone: bool = False) -> Poll | None:
        """See `interface.Source.poll_at`."""
        parsed = self.parsed(file)
        return None if parsed is None else poll_at(parsed.module, line, alone)

    def spin_at(self, file: str, line: int) -> Poll | None:
        """See `interface.Source.spin_at`."""
        parsed = self.parsed(file)
        return None if parsed is None else spin_at(parsed.module, line)

    def paces(self, file: str, line: int) -> bool:
        """See `interface.Source.paces`."""
        parsed = self.parsed(file)
        return parsed is not None and paces(parsed.module, parsed.names, line)

    def connection_at(self, file: str, line: int) -> str | None:
        """See `interface.Source.connection_at`."""
        parsed = self.parsed(file)
        return None if parsed is None else connection_at(parsed.module, parsed.names, line)

    def loop_around(self, file: str, lines: Collection[int]) -> int | None:
        """See `interface.Source.loop_around`."""
        parsed = self.parsed(file)
        return None if parsed is None else loop_around(parsed.module, lines)

    def unawaited_calls(self, file: str, function: Function | str, callee: str) -> tuple[Call, ...]:
        """See `interface.Source.unawaited_calls`."""
        parsed = self.parsed(file)
        node = None if parsed is None else self._function(parsed, function)
        if parsed is None or node is None:
            return ()
        return tuple(parsed.calls.describe(call) for call in parsed.calls.unawaited(node, callee))

    def given_at(self, file: str, name: str) -> tuple[Call, ...]:
        """See `interface.Source.given_at`."""
        parsed = self.parsed(file)
        calls = [] if parsed is None else [node for node in parsed.module.nodes if isinstance(node, ast.Call)]
        given = [
            call
            for call in calls
            for argument in [*call.args, *(one.value for one in call.keywords)]
            if (dotted(argument) or "").rpartition(".")[2] == name
        ]
        return () if parsed is None else tuple(map(parsed.calls.describe, given))

    def shared_state(self, file: str, function: Function | str) -> tuple[str, ...]:
        """What lives outside the function and it (or what it calls in this file) changes, as written."""
        parsed = self.parsed(file)
        node = None if parsed is None else self._function(parsed, function)
        if parsed is None or node is None:
            return ()
        return tuple(sorted(parsed.state.of(node).writes))
