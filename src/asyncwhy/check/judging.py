"""All that is said of the checked files, put together from what each of them says."""

from __future__ import annotations

from collections.abc import Iterable

from asyncwhy.check import handing, misuse, overlaps, roots, threads
from asyncwhy.check.blocking import BlockingCalls
from asyncwhy.check.calling import Calling
from asyncwhy.check.draft import Draft
from asyncwhy.check.handing import Handoff
from asyncwhy.check.reach import Graph
from asyncwhy.check.scope import Scope
from asyncwhy.check.values import Function
from asyncwhy.source import PythonSource
from asyncwhy.source.texts import Sources


class Said:
    """What one file says by itself, or with what it asks of others."""

    __slots__ = ("drafts", "handed", "roots")

    def __init__(self, scope: Scope, path: str) -> None:
        self.roots: dict[Function, str] = roots.of_file(scope, path)
        self.handed: list[Handoff] = list(handing.of_file(scope, path))
        self.drafts: list[Draft] = list(misuse.of_file(scope, path))


class Judgement:
    """Keeps what the files say: after an edit only those are asked again that `forget` names."""

    def __init__(self, scope: Scope, *, hints: bool) -> None:
        self.scope = scope
        self.project = scope.project
        self.hints = hints
        self.calling = Calling(scope.project, scope)
        self.said: dict[str, Said] = {}
        self._overlaps: dict[str, list[Draft]] = {}

    def of(self, path: str) -> Said:
        """What a file says."""
        known = self.said.get(path)
        if known is None:
            with self.scope.asking(path):
                known = self.said[path] = Said(self.scope, path)
        return known

    def drafts(self) -> list[Draft]:
        """All findings, in no order."""
        graph = Graph(self.calling)
        said = [self.of(path) for path in self.project.packed]
        graph.explore({function: how for one in said for function, how in one.roots.items()})
        handed = [handoff for one in said for handoff in one.handed]
        drafts = [
            *BlockingCalls(graph).found(),
            *(draft for one in said for draft in one.drafts),
            *misuse.of_handoffs(self.scope, handed),
            *threads.found(self.scope, graph, handed),
        ]
        if self.hints:
            drafts += self._overlapping()
        return list({(draft.cause, draft.place, draft.call): draft for draft in drafts}.values())

    def _overlapping(self) -> Iterable[Draft]:
        texts = {path: data.decode("utf-8", "replace") for path, data in self.project.texts.items()}
        reading = PythonSource(Sources(texts))
        for path in self.project.packed:
            if path not in self._overlaps:
                with self.scope.asking(path):
                    self._overlaps[path] = list(overlaps.of_file(self.scope, path, reading))
            yield from self._overlaps[path]

    def forget(self, paths: Iterable[str]) -> None:
        """Ask these files again."""
        gone = frozenset(paths)
        for path in gone:
            self.said.pop(path, None)
            self._overlaps.pop(path, None)
        self.forget_functions([function for function in self.calling.nodes if function.path in gone])

    def forget_functions(self, functions: Iterable[Function]) -> None:
        """Ask again what these functions do."""
        for function in functions:
            self.calling.nodes.pop(function, None)
