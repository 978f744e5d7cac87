"""Where the value of an await goes: one pass over a row of units, carrying what is tainted by it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from asyncwhy.source.python_paths import touched, touches
from asyncwhy.source.python_units import EXITS, Unit

Why = tuple[str, int]
"""A tainted path ("" for the await itself) and the line that awaited it."""

Ends = Callable[[ast.stmt, ast.stmt], bool]
"""Whether taking the exit (first) keeps the statement (second) from running."""

_HEADERS = (ast.If, ast.While, ast.For, ast.AsyncFor, ast.Match)


@dataclass(slots=True)
class Taint:
    """What depends on an await: paths, headers that test one, and exits that such a test may take."""

    ends: Ends
    paths: dict[str, int] = field(default_factory=dict)
    headers: dict[ast.stmt, Why] = field(default_factory=dict)
    exits: list[tuple[ast.stmt, Why]] = field(default_factory=list)

    def seed(self, unit: Unit, paths: Iterable[str], line: int) -> None:
        """The unit holds an await that is followed: these paths get its value."""
        for path in paths:
            self.paths[path] = line
        if isinstance(unit.node, _HEADERS):
            self.headers[unit.node] = ("", line)
        if isinstance(unit.node, ast.Assert):
            self.exits.append((unit.node, ("", line)))

    def read_by(self, reads: Iterable[str]) -> Why | None:
        """The tainted path that the reads see."""
        path = touched(reads, self.paths)
        return None if path is None else (path, self.paths[path])

    def decides(self, unit: Unit) -> Why | None:
        """What tainted decides whether the unit runs at all."""
        for guard in unit.guards:
            if guard in self.headers:
                return self.headers[guard]
        return next((why for exit_, why in self.exits if self.ends(exit_, unit.node)), None)

    def follow(self, unit: Unit) -> None:
        """Pass one unit: what it makes of tainted things is tainted, what it sets anew is clean."""
        read, decided = self.read_by(unit.reads), self.decides(unit)
        why = read or decided
        if why is None:
            if not unit.guards:
                self._forget(unit)
            return
        if isinstance(unit.node, _HEADERS):
            self.headers[unit.node] = why
        if isinstance(unit.node, EXITS) and decided is not None:
            self.exits.append((unit.node, why))
        if isinstance(unit.node, ast.Assert):
            self.exits.append((unit.node, why))
        for reads, changes in unit.calls:
            if decided is not None or self.read_by(reads) is not None:
                self.paths.update(dict.fromkeys(changes, why[1]))
        self.paths.update(dict.fromkeys(unit.changes, why[1]))

    def _forget(self, unit: Unit) -> None:
        for name in unit.binds:
            self.drop(name)

    def drop(self, name: str) -> None:
        """The name, and all that hangs on it, is clean."""
        for path in [path for path in self.paths if touches(path, name) and not name.startswith(f"{path}.")]:
            del self.paths[path]
