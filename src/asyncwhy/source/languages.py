"""One source for a run whatever its files are written in: the file's ending says whom to ask."""

from __future__ import annotations

from collections.abc import Collection

from asyncwhy.source.interface import Await, Call, Function, Independence, Poll
from asyncwhy.source.javascript import ENDINGS, JavaScriptSource
from asyncwhy.source.python import Parsed, PythonSource
from asyncwhy.source.texts import Sources


def is_javascript(file: str) -> bool:
    """Whether a file is JavaScript or TypeScript."""
    return file.endswith(ENDINGS)


class Languages(PythonSource):
    """Python's answers, and JavaScript's for its files; diffs are written for Python only, by its trees."""

    def __init__(self, sources: Sources | None = None) -> None:
        """Answer from these texts; from the disk where there are none."""
        super().__init__(sources)
        self.javascript = JavaScriptSource(self.sources)

    def parsed(self, file: str) -> Parsed | None:
        """See `PythonSource.parsed`; None for other languages."""
        return None if is_javascript(file) else super().parsed(file)

    def unread(self) -> tuple[tuple[str, str], ...]:
        """See `interface.Source.unread`."""
        return super().unread() + self.javascript.unread()

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
        if is_javascript(file):
            return self.javascript.call_at(file, line, column, callee_hint)
        return super().call_at(file, line, column, end_line, end_column, callee_hint)

    def function_at(self, file: str, line: int, name: str | None = None) -> Function | None:
        """See `interface.Source.function_at`."""
        if is_javascript(file):
            return self.javascript.function_at(file, line, name)
        return super().function_at(file, line, name)

    def definition(self, file: str, qualname: str) -> Function | None:
        """See `interface.Source.definition`."""
        if is_javascript(file):
            return self.javascript.definition(file, qualname)
        return super().definition(file, qualname)

    def awaits(self, file: str, function: Function | str) -> tuple[Await, ...]:
        """See `interface.Source.awaits`."""
        if is_javascript(file):
            return self.javascript.awaits(file, function)
        return super().awaits(file, function)

    def independent(self, file: str, awaits: tuple[Await, ...]) -> Independence:
        """See `interface.Source.independent`."""
        if is_javascript(file):
            return self.javascript.independent(file, awaits)
        return super().independent(file, awaits)

    def independent_turns(
        self, file: str, awaits: tuple[Await, ...], *, fed: bool = False, batches: bool = False
    ) -> Independence:
        """See `interface.Source.independent_turns`."""
        if is_javascript(file):
            return self.javascript.independent_turns(file, awaits)
        return super().independent_turns(file, awaits, fed=fed, batches=batches)

    def poll_at(self, file: str, line: int, *, alone: bool = False) -> Poll | None:
        """See `interface.Source.poll_at`; not answered for JavaScript."""
        return None if is_javascript(file) else super().poll_at(file, line, alone=alone)

    def paces(self, file: str, line: int) -> bool:
        """See `interface.Source.paces`; not answered for JavaScript."""
        return not is_javascript(file) and super().paces(file, line)

    def connection_at(self, file: str, line: int) -> str | None:
        """See `interface.Source.connection_at`; not answered for JavaScript."""
        return None if is_javascript(file) else super().connection_at(file, line)

    def maker_at(self, file: str, line: int) -> Call | None:
        """See `interface.Source.maker_at`."""
        return self.javascript.maker_at(file, line) if is_javascript(file) else None

    def loop_around(self, file: str, lines: Collection[int]) -> int | None:
        """See `interface.Source.loop_around`."""
        if is_javascript(file):
            return self.javascript.loop_around(file, lines)
        return super().loop_around(file, lines)

    def unawaited_calls(self, file: str, function: Function | str, callee: str) -> tuple[Call, ...]:
        """See `interface.Source.unawaited_calls`."""
        if is_javascript(file):
            return self.javascript.unawaited_calls(file, function, callee)
        return super().unawaited_calls(file, function, callee)
