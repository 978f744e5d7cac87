"""The index: the summaries of the checked files, and of installed packages as they are needed; who imports whom."""

from __future__ import annotations

import marshal
import os
import sys
from functools import cached_property
from typing import Any

from asyncwhy.check.cache import Signature, Store, signature
from asyncwhy.check.externals import Externals
from asyncwhy.check.files import content, digest
from asyncwhy.check.indexing import summary_of
from asyncwhy.check.plain import PLAIN_FUNCTIONS, PLAIN_METHODS
from asyncwhy.check.shapes import ATTRIBUTE, OFF_LOOP, Body, ClassSummary, FunctionSummary, ModuleSummary

Local = tuple[list[Any], tuple[Any, ...] | None]
"""What a name of a function is: where it is assigned, and what it is besides: one of the kinds below."""
PARAMETER, IMPORT, CLASS, NESTED = range(4)
_EMPTY = Body(*((),) * 10)


class Source:
    """One file, unpacked as far as it was asked for."""

    __slots__ = ("_asked", "_bodies", "_locals", "classes", "foreign", "functions", "path", "summary")

    def __init__(self, path: str, packed: bytes, *, foreign: bool) -> None:
        self.path = path
        self.foreign = foreign
        self.summary = ModuleSummary(*marshal.loads(packed))  # noqa: S302 (made by us)
        self.functions = [FunctionSummary(*function) for function in self.summary.functions]
        self.classes = [ClassSummary(*one) for one in self.summary.classes]
        self._bodies: dict[int, Body] = {}
        self._locals: dict[int, dict[str, Local]] = {}
        self._asked: dict[int, list[Any]] = {}

    def body(self, index: int) -> Body:
        """What a function does."""
        known = self._bodies.get(index)
        if known is None:
            packed = self.functions[index].body
            known = self._bodies[index] = Body(*marshal.loads(packed)) if packed else _EMPTY  # noqa: S302
        return known

    def asked(self, index: int) -> list[Any]:
        """The calls of a function that may lead to something that blocks, as far as their names say."""
        known = self._asked.get(index)
        if known is None:
            calls = self.body(index).calls
            # A call that the same function hands to a thread elsewhere is made here on purpose: small or in memory.
            handed = {arg for call in calls for arg in call[2] if type(arg) is tuple and arg[0] == ATTRIBUTE}
            known = self._asked[index] = [call for call in calls if _may_block(call, handed)]
        return known

    def locals(self, index: int) -> dict[str, Local]:
        """The names of a function's own."""
        known = self._locals.get(index)
        if known is None:
            known = self._locals[index] = _locals(self.functions[index], self.body(index))
        return known


def _may_block(call: Any, handed: set[Any]) -> bool:
    func = call[1]
    if type(func) is tuple and func[0] == ATTRIBUTE:
        if func[2] in PLAIN_METHODS or (handed and func in handed):
            return False
    elif func in PLAIN_FUNCTIONS:
        return False
    return not call[8] & OFF_LOOP


def _locals(function: FunctionSummary, body: Body) -> dict[str, Local]:
    found: dict[str, Local] = {}
    for position, parameter in enumerate(function.parameters):
        found[parameter[0].lstrip("*")] = ([], (PARAMETER, position, *parameter))
    for local, module, name in body.imports:
        found[local] = ([], (IMPORT, module, name))
    for local, index in body.classes:
        found[local] = ([], (CLASS, index))
    for local, index in body.nested:
        found[local] = ([], (NESTED, index))
    for assigned in body.assigns:
        name = assigned[0]
        if name not in found:
            found[name] = ([], None)
        found[name][0].append(assigned)
    return found


class Project:
    """`packed` are the checked files' summaries; `site_packages` where installed packages are looked for."""

    def __init__(
        self,
        packed: dict[str, bytes],
        roots: list[str],
        site_packages: list[str],
        externals: Externals,
        store: Store,
    ) -> None:
        self.packed = packed
        self.externals = externals
        self.site_packages = site_packages
        self.store = store
        self.texts: dict[str, bytes] = {}  # what an editor holds instead of the file
        self._given_roots = roots
        self._sources: dict[str, Source | None] = {}
        self._found: dict[tuple[str, str], str | None] = {}
        self._installed: dict[str, str | None] = {}
        self._package: dict[str, str] = {}

    def source(self, path: str) -> Source | None:
        """A file of the index; an installed package's is indexed now."""
        if path not in self._sources:
            packed = self.packed.get(path)
            foreign = packed is None
            if packed is None:
                packed = self._index_foreign(path)
            self._sources[path] = None if packed is None else Source(path, packed, foreign=foreign)
        return self._sources[path]

    def known(self, path: str) -> Source:
        """A file that is known to be in the index."""
        found = self._sources.get(path) or self.source(path)
        assert found is not None
        return found

    def content(self, path: str) -> bytes:
        """The bytes of a file, as an editor has them if one does.  Raises OSError and ValueError."""
        text = self.texts.get(path)
        return content(path) if text is None else text

    def replace(self, path: str, packed: bytes) -> None:
        """Give a checked file another summary."""
        self.packed[path] = packed
        self._sources.pop(path, None)

    def _index_foreign(self, path: str) -> bytes | None:
        try:
            data = content(path)
        except (OSError, ValueError):
            return None
        key = digest(data)
        known = self.store.get(key)
        if known is None:
            known = summary_of(path, data)[2]
            if known is not None:
                self.store.put(key, known)
        return known

    def signatures(self) -> dict[str, Signature]:
        """Of every file that was looked at."""
        paths = {*self.packed, *(path for path, source in self._sources.items() if source is not None)}
        return {path: signature(path) for path in paths}

    def root_of(self, path: str) -> str:
        """The folder that the package of a file stands in."""
        folder = os.path.dirname(path)
        known = self._package.get(folder)
        if known is None:
            known = folder
            while os.path.join(known, "__init__.py") in self.packed:
                known = os.path.dirname(known)
            self._package[folder] = known
        return known

    @cached_property
    def _roots(self) -> list[str]:
        """Where absolute imports of the project begin."""
        found = {self.root_of(path) for path in self.packed if path.endswith("__init__.py")}
        for root in self._given_roots:
            folder = root if os.path.isdir(root) else os.path.dirname(root)
            folder = os.path.normpath(folder) if folder else ""
            folder = "" if folder == "." else folder
            if os.path.join(folder, "__init__.py") not in self.packed:
                found.update((folder, os.path.join(folder, "src")))
        return sorted(found)

    def find(self, name: str, importer: str) -> str | None:
        """The file of a module, as a file imports it; relative names begin with dots."""
        key = (importer, name)
        if key not in self._found:
            self._found[key] = self._find(name, importer)
        return self._found[key]

    def _find(self, name: str, importer: str) -> str | None:
        folder = os.path.dirname(importer)
        if name.startswith("."):
            level = len(name) - len(name.lstrip("."))
            for _ in range(level - 1):
                folder = os.path.dirname(folder)
            rest = name[level:].replace(".", "/")
            return self._file(os.path.join(folder, rest) if rest else folder)
        relative = name.replace(".", "/")
        top = name.partition(".")[0]
        own = self.root_of(importer)
        if top in sys.stdlib_module_names:
            # A script's neighbour may hide a module of the standard library; a package's may not.
            return (
                self._file(os.path.join(folder, relative))
                if own == folder and importer in self.packed
                else None
            )
        for root in (own, *self._roots):
            found = self._file(os.path.join(root, relative))
            if found is not None:
                return found
        if self.externals.covers(name) and self._top(importer) != top:
            return None
        return self.installed(relative)

    def _file(self, stem: str) -> str | None:
        for path in (f"{stem}.py", os.path.join(stem, "__init__.py")):
            if path in self.packed:
                return path
        if any(stem.startswith(place) for place in self.site_packages):
            return self._installed_file(stem)
        return None

    def _top(self, path: str) -> str:
        """The package of an installed file; a package knows itself better than the catalogue does."""
        for place in self.site_packages:
            if path.startswith(place + os.sep):
                return path[len(place) + 1 :].partition(os.sep)[0]
        return ""

    def installed(self, relative: str) -> str | None:
        """The file of an installed module, by its path below site-packages."""
        for place in self.site_packages:
            found = self._installed_file(os.path.join(place, relative))
            if found is not None:
                return found
        return None

    def _installed_file(self, stem: str) -> str | None:
        if stem not in self._installed:
            paths = (os.path.join(stem, "__init__.py"), f"{stem}.py")
            self._installed[stem] = next((path for path in paths if os.path.isfile(path)), None)
        return self._installed[stem]

    def below(self, path: str) -> str:
        """A path as it goes on from the folder that was given: what stands above says nothing about the file."""
        for root in self._given_roots:
            folder = os.path.normpath(root)
            if path.startswith(folder + os.sep):
                return path[len(folder) + 1 :]
        return os.path.basename(path) if path in self._given_roots else path

    def dotted(self, path: str) -> str:
        """The name of a file's module, as an import would say it."""
        for place in (*self.site_packages, self.root_of(path)):
            if place and path.startswith(place + os.sep):
                path = path[len(place) + 1 :]
                break
        return path.removesuffix(".py").removesuffix("__init__").strip("/").replace("/", ".")
