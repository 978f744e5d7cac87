"""What stands for a method that does nothing itself, in the checked classes that derive from its own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from asyncwhy.check.project import Project, Source
from asyncwhy.check.scope import Scope
from asyncwhy.check.shapes import ClassSummary
from asyncwhy.check.values import Class, Function, Instance

#: A method with more overrides than this is a registry: which of them is meant, its caller decides.
MOST_OVERRIDES = 30


@dataclass(slots=True)
class Known:
    """The overrides of a method; the classes that were looked at for them, by name and file; who asked."""

    functions: list[Function]
    names: frozenset[str]
    paths: frozenset[str]
    askers: set[Function] = field(default_factory=set)


class Overriding:
    """Answers each question once; `forget` says whose answers may be others now."""

    def __init__(self, project: Project, scope: Scope) -> None:
        self.project = project
        self.scope = scope
        self._known: dict[tuple[Class, str], Known] = {}
        self._by_base: dict[str, list[Class]] | None = None

    def of(self, asker: Function, base: Class, name: str) -> list[Function]:
        """The methods of a name in the classes that derive from one."""
        known = self._known.get((base, name))
        if known is None:
            known = self._known[base, name] = self._find(base, name)
        known.askers.add(asker)
        return known.functions

    def _find(self, base: Class, name: str) -> Known:
        derived = self._derived()
        waiting, seen = [base], {base}
        found: list[Function] = []
        while waiting and len(found) <= MOST_OVERRIDES:
            one = waiting.pop()
            for cls in derived.get(self._summary(one).name, ()):
                if cls not in seen and one in self.scope.lineage(cls):
                    seen.add(cls)
                    waiting.append(cls)
                    index = self._summary(cls).methods.get(name)
                    if index is not None:
                        found.append(Function(cls.path, index, Instance(cls.path, cls.index)))
        names = frozenset(self._summary(cls).name for cls in seen)
        kept = found if len(found) <= MOST_OVERRIDES else []
        return Known(kept, names, frozenset(cls.path for cls in seen))

    def _summary(self, cls: Class) -> ClassSummary:
        return self.project.known(cls.path).classes[cls.index]

    def _derived(self) -> dict[str, list[Class]]:
        """The checked classes by the names of their bases, as written."""
        if self._by_base is None:
            self._by_base = {}
            for path in self.project.packed:
                for index, one in enumerate(self.project.known(path).classes):
                    for name in _bases(one):
                        self._by_base.setdefault(name, []).append(Class(path, index))
        return self._by_base

    def forget(self, paths: Iterable[str], sources: Iterable[Source]) -> set[Function]:
        """Classes of these files have come, gone or changed; `sources` are the files before and after.  The functions
        that had asked for what may be otherwise now."""
        gone = frozenset(paths)
        bases = {name for source in sources for one in source.classes for name in _bases(one)}
        asked: set[Function] = set()
        for question, known in list(self._known.items()):
            if (
                question[0].path in gone
                or not known.paths.isdisjoint(gone)
                or not known.names.isdisjoint(bases)
            ):
                asked |= known.askers
                del self._known[question]
        self._by_base = None
        return asked


def _bases(one: ClassSummary) -> Iterable[str]:
    for shape in one.bases:
        while type(shape) is tuple and shape[0] == "[":
            shape = shape[1]  # noqa: PLW2901
        yield shape if type(shape) is str else shape[2] if type(shape) is tuple else ""
