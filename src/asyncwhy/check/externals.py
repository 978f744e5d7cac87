"""What is known of names outside the index: the catalogue, and typeshed's types of the standard library."""

from __future__ import annotations

import json
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from asyncwhy.catalog import Catalog, Entry
from asyncwhy.check.values import Awaitable, External, ExternalInstance, Items, Value

_SELF = "Self"
#: Files that are no files: what their bases do on a disk they do in memory.
_IN_MEMORY = frozenset(
    "io.BytesIO io.StringIO _io.BytesIO _io.StringIO tempfile.SpooledTemporaryFile".split()
)
_NO_CLASS = frozenset({"builtins", "typing"})


class Externals:
    """Answers by dotted names; `entries` are the user's own, on top of the catalogue's."""

    def __init__(self, catalog: Catalog, entries: dict[str, Entry]) -> None:
        self.catalog = catalog
        self.own = entries
        self._entry: dict[str, Entry | None] = {}
        self._expanded: dict[str, str] = {}
        self._lineage: dict[str, tuple[str, ...]] = {}

    @cached_property
    def _table(self) -> dict[str, Any]:
        """Written by scripts/typeshed.py."""
        table: dict[str, Any] = json.loads(
            Path(__file__).with_name("stdlib.json").read_text(encoding="utf-8")
        )
        return table

    @cached_property
    def _returns(self) -> dict[str, str]:
        return {**self._table["returns"], **self.catalog.returns}

    @cached_property
    def _classes(self) -> frozenset[str]:
        found = set(self._table["classes"])
        for name in self.catalog.entries:
            owner, _, last = name.rpartition(".")
            if owner.rpartition(".")[2][:1].isupper() or last == "*":
                found.add(owner)
        return frozenset(found)

    @cached_property
    def _prefixes(self) -> frozenset[str]:
        found = set()
        for name in (*self.catalog.entries, *self.catalog.aliases, *self.catalog.returns, *self.own):
            while name:
                found.add(name)
                name = name.rpartition(".")[0]  # noqa: PLW2901
        return frozenset(found)

    def covers(self, name: str) -> bool:
        """Whether the catalogue has something at or below a name: its word then counts, not the source's."""
        return name in self._prefixes

    def expanded(self, name: str) -> str:
        """The name where it is defined (`asyncio.tasks.sleep` for `asyncio.sleep`)."""
        known = self._expanded.get(name)
        if known is None:
            known = self._expanded[name] = self._expand(name)
        return known

    def _expand(self, name: str) -> str:
        aliases = self._table["aliases"]
        head, tail = name, ""
        while head:
            if head in aliases:
                return self._expand(aliases[head] + tail) if aliases[head] != head else name
            head, _, last = head.rpartition(".")
            tail = f".{last}{tail}"
        return name

    def lineage(self, name: str) -> tuple[str, ...]:
        """A class and its bases, in every spelling."""
        known = self._lineage.get(name)
        if known is not None:
            return known
        found = [name, self.expanded(name)]
        if not _IN_MEMORY.isdisjoint(found):
            self._lineage[name] = (name,)
            return (name,)
        for one in found:
            alias = self.catalog.aliases.get(one)
            others = [
                *(["io.TextIOWrapper"] if one == "typing.IO" else []),
                *([alias] if alias else []),
                *self._table["bases"].get(one, ()),
            ]
            found += [other for other in others if other not in found]
        answer = self._lineage[name] = tuple(dict.fromkeys(found))
        return answer

    def entry(self, name: str) -> Entry | None:
        """What the catalogue or the user says of a callable."""
        if name not in self._entry:
            self._entry[name] = self._find_entry(name)
        return self._entry[name]

    def _find_entry(self, name: str) -> Entry | None:
        if name in self.own:
            return self.own[name]
        owner, _, last = name.rpartition(".")
        if owner in _IN_MEMORY:
            return None
        for spelling in (name, self.expanded(name)):
            found = self.catalog.lookup(spelling)
            if found is not None:
                return found
        if owner:
            for parent in self.lineage(owner):
                found = self.own.get(f"{parent}.{last}") or self.catalog.lookup(f"{parent}.{last}")
                if found is not None:
                    return found
        return None

    def is_class(self, name: str) -> bool:
        """Whether calling the name makes an object of it."""
        if name in self._classes or self.expanded(name) in self._classes:
            return True
        head, _, last = name.rpartition(".")
        return last[:1].isupper() and not last.isupper() and head not in _NO_CLASS

    def attribute(self, name: str, attribute: str) -> Value:
        """The attribute of an object of a class."""
        for parent in self.lineage(name):
            found = self._returns.get(f"{parent}.{attribute}=")
            if found is not None:
                return self._typed(found, name)
        return External(f"{name}.{attribute}")

    def variable(self, name: str) -> Value:
        """What a module's variable holds, else the name."""
        found = self._returns.get(f"{name}=")
        return External(name) if found is None else self._typed(found, "")

    def result(self, name: str) -> Value:
        """What a call of the name gives."""
        owner, _, last = name.rpartition(".")
        returned = self.catalog.returned_by(name)
        if returned is not None:
            return ExternalInstance(returned)
        for spelling in (name, self.expanded(name)):
            found = self._returns.get(spelling)
            if found is not None:
                return self._typed(found, owner)
        for parent in self.lineage(owner) if owner else ():
            found = self._returns.get(f"{parent}.{last}")
            if found is not None:
                return self._typed(found, owner)
        return ExternalInstance(name) if self.is_class(name) else None

    def _typed(self, text: str, owner: str) -> Value:
        if text.startswith("~"):
            return Awaitable(self._typed(text[1:], owner))
        if text.startswith("["):
            inner = self._typed(text[1:-1], owner)
            return Items(inner)
        if not text:
            return None
        return ExternalInstance(owner if text == _SELF else text)

    def entered(self, name: str) -> Value:
        """What `with` gives for an object of a class: itself, as files, sockets and pools do."""
        for parent in self.lineage(name):
            found = self._returns.get(f"{parent}.__enter__")
            if found is not None:
                return self._typed(found, name)
        return ExternalInstance(name)


def is_in_memory(name: str) -> bool:
    """Whether a class is a file that is no file, or may be none."""
    return name in _IN_MEMORY or name == "typing.IO"


@cache
def _standard_library() -> dict[str, Any]:
    """What scripts/typeshed.py has written."""
    table: dict[str, Any] = json.loads(Path(__file__).with_name("stdlib.json").read_text(encoding="utf-8"))
    return table
