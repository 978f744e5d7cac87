"""A scope that notes which files rest on which, so that after an edit only what it concerns is asked again.

Every memory of `Scope` belongs to the file that it is about.  Whoever asks a file, or looks into its summary, becomes
its reader.  An edited file forgets what was known of it and is asked again; where an answer is another one, so are its
readers, and so on until nothing moves: a fixpoint over files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from asyncwhy.check.project import Local, Project, Source
from asyncwhy.check.scope import Scope
from asyncwhy.check.shapes import Expr
from asyncwhy.check.values import Class, Function, Instance, Module, Super, Value


class Memory(dict[Any, Any]):
    """A dictionary that knows which of its keys belong to a file."""

    def __init__(self, file_of: Callable[[Any], str]) -> None:
        super().__init__()
        self._file_of = file_of
        self._keys: dict[str, set[Any]] = {}

    def __setitem__(self, key: Any, value: Any) -> None:
        self._keys.setdefault(self._file_of(key), set()).add(key)
        super().__setitem__(key, value)

    def drop(self, path: str) -> dict[Any, Any]:
        """Forget what belongs to a file, and return it."""
        return {key: self.pop(key) for key in self._keys.pop(path, ()) if key in self}


class FollowedProject(Project):
    """Whoever looks at a file is noted as its reader; `asker` is the file that is being asked."""

    asker = ""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.readers: dict[str, set[str]] = {}

    def note(self, path: str) -> None:
        """The file that is being asked rests on another."""
        if path != self.asker:
            readers = self.readers.get(path)
            if readers is None:
                readers = self.readers[path] = set()
            readers.add(self.asker)

    def source(self, path: str) -> Source | None:
        """A file, noted as read."""
        self.note(path)
        return super().source(path)

    def known(self, path: str) -> Source:
        """The same."""
        self.note(path)
        return super().known(path)


def _own_path(key: Any) -> str:
    path: str = key.path
    return path


class Following(Scope):
    """Answers as `Scope` does, and remembers for whom."""

    project: FollowedProject
    names: Memory
    globals: Memory
    calls: Memory
    results: Memory
    _lineages: Memory
    _attributes: Memory

    def __init__(self, project: FollowedProject) -> None:
        super().__init__(project)
        self.names = Memory(lambda key: _own_path(key[1]))
        self.globals = Memory(lambda key: str(key[0]))
        self.calls = Memory(lambda key: _own_path(key[4]))
        self.results = Memory(_own_path)
        self._lineages = Memory(_own_path)
        self._attributes = Memory(lambda key: getattr(key[0], "path", ""))
        self._contexts_of: dict[str, set[Function]] = {}  # contexts, by the file that made them
        self._makers: dict[Function, set[str]] = {}
        self.looked_into: dict[str, set[int]] = {}  # functions whose names another file has asked for

    @contextmanager
    def asking(self, path: str) -> Iterator[None]:
        """Within, what is looked at is looked at for a file."""
        kept, self.project.asker = self.project.asker, path
        try:
            yield
        finally:
            self.project.asker = kept

    def attribute(self, value: Value, name: str) -> Value:
        """As `Scope`, noted."""
        if not isinstance(value, Instance | Class | Module | Function | Super):
            return super().attribute(value, name)
        project = self.project
        project.note(value.path)
        kept, project.asker = project.asker, value.path
        try:
            return super().attribute(value, name)
        finally:
            project.asker = kept

    def result(self, called: Value) -> Value:
        """As `Scope`, noted."""
        if not isinstance(called, Function):
            return super().result(called)
        project = self.project
        project.note(called.path)
        kept, project.asker = project.asker, called.path
        try:
            return super().result(called)
        finally:
            project.asker = kept

    def of_module(self, path: str, name: str) -> Value:
        """As `Scope`, noted."""
        project = self.project
        project.note(path)
        kept, project.asker = project.asker, path
        try:
            return super().of_module(path, name)
        finally:
            project.asker = kept

    def lineage(self, cls: Class) -> tuple[Any, ...]:
        """As `Scope`, noted."""
        project = self.project
        project.note(cls.path)
        kept, project.asker = project.asker, cls.path
        try:
            return super().lineage(cls)
        finally:
            project.asker = kept

    def _local(self, name: str, local: Local, frame: Function, line: int) -> Value:
        project = self.project
        if project.asker != frame.path:
            self._look_into(frame)
        kept, project.asker = project.asker, frame.path
        try:
            return super()._local(name, local, frame, line)
        finally:
            project.asker = kept

    def _call(self, shape: Expr, frame: Function, line: int) -> Value:
        project = self.project
        if project.asker != frame.path:
            self._look_into(frame)
        kept, project.asker = project.asker, frame.path
        try:
            return super()._call(shape, frame, line)
        finally:
            project.asker = kept

    _by_tag = {**Scope._by_tag, "(": _call}  # noqa: RUF012, SLF001 (the class's own)

    def _look_into(self, frame: Function) -> None:
        self.project.note(frame.path)
        self.looked_into.setdefault(frame.path, set()).add(frame.index)

    def given(self, called: Function, values: list[Value], keywords: dict[str, Value]) -> Function:
        """As `Scope`; whose context it is, is noted."""
        made = super().given(called, values, keywords)
        if made is not called:
            self._contexts_of.setdefault(self.project.asker, set()).add(made)
            self._makers.setdefault(made, set()).add(self.project.asker)
        return made

    def drop(self, path: str) -> dict[Any, Any]:
        """Forget what is known of a file; what others may have heard of it is returned, by question."""
        self.names.drop(path)
        self.calls.drop(path)
        for made in self._contexts_of.pop(path, ()):
            makers = self._makers[made]
            makers.discard(path)
            if not makers:  # nobody has this context any more: there is room for another
                del self._makers[made]
                self.contexts.get((made.path, made.index), set()).discard(made)
        heard = {("global", key): value for key, value in self.globals.drop(path).items()}
        heard |= {("result", key): value for key, value in self.results.drop(path).items()}
        heard |= {("lineage", key): value for key, value in self._lineages.drop(path).items()}
        return heard | {("attribute", key): value for key, value in self._attributes.drop(path).items()}

    def again(self, question: tuple[str, Any]) -> Any:
        """The answer to a question of `drop`, as it is now."""
        kind, key = question
        if kind == "global":
            return self.of_module(*key)
        if kind == "result":
            return self.result(key)
        return self.lineage(key) if kind == "lineage" else self.attribute(*key)

    def readers(self, paths: Iterable[str]) -> set[str]:
        """The files that rest on some files."""
        found: set[str] = set()
        for path in paths:
            found |= self.project.readers.get(path, set())
        return found
