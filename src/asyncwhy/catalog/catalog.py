"""The catalogue: what blocks, what a frame does, and what sends work elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from . import reader
from .place import Place, place
from .reader import FrameKey
from .words import OTHER, Advice, Entry, Offload, Operation

Frame = tuple[str, str]
"""(file or module, function) as the stack names them; the function may be qualified (`Lock.acquire`)."""


class Catalog:
    """Everything known about one runtime; made by `load`.  Each file is read when it is first asked for."""

    def __init__(self, runtime: str) -> None:
        self.runtime = runtime
        self._folder = reader.folder(runtime)

    @cached_property
    def entries(self) -> Mapping[str, Entry]:
        """Every callable known to block, by its name."""
        files = sorted(self._folder.joinpath("blocking").glob("*.toml"))
        return {entry.name: entry for file in files for entry in reader.entries(reader.table(file))}

    @cached_property
    def offloads(self) -> Mapping[FrameKey, Offload]:
        """Frames that send work elsewhere, by (file below its library's root, function)."""
        return reader.offloads(reader.table(self._folder / "offloads.toml"))

    @cached_property
    def dispatchers(self) -> tuple[str, ...]:
        """Files, or folders that end in "/", whose frames hand a request to the program's functions."""
        rows = reader.table(self._folder / "dispatch.toml")["dispatch"]
        return tuple(file for row in rows for file in row["files"])

    @cached_property
    def frames(self) -> Mapping[FrameKey, Operation]:
        """What frames do, by (file below its library's root, function or `*`)."""
        return dict(reader.operations(self._operations["frame"], "functions", self.verbs))

    @cached_property
    def calls(self) -> Mapping[str, Operation]:
        """What native calls do whose receiver says nothing, by the last part of their text."""
        return dict(reader.operations(self._operations["call"], "names", self.verbs))

    @cached_property
    def advice(self) -> Mapping[FrameKey, Advice]:
        """What to do about calls that pass through a frame, by (file below its library's root, function)."""
        return dict(reader.advice(reader.table(self._folder / "advice.toml")))

    @property
    def verbs(self) -> Mapping[str, str]:
        """The words for each kind, and for "other"."""
        verbs: Mapping[str, str] = self._operations["verbs"]
        return verbs

    @property
    def aliases(self) -> Mapping[str, str]:
        """The beginning of a real or other spelling, and what the catalogue calls it."""
        aliases: Mapping[str, str] = self._spellings["aliases"]
        return aliases

    @property
    def returns(self) -> Mapping[str, str]:
        """A call, and the class of its result, both in the catalogue's spelling."""
        returns: Mapping[str, str] = self._spellings["returns"]
        return returns

    @cached_property
    def _operations(self) -> reader.Table:
        return reader.table(self._folder / "frames.toml")

    @cached_property
    def _spellings(self) -> reader.Table:
        return reader.table(self._folder / "spellings.toml")

    def lookup(self, qualified_name: str) -> Entry | None:
        """The entry of a callable: by its name, by another spelling of it, or by its class's `*`."""
        for name in self._spelled(qualified_name):
            found = self.entries.get(name)
            if found is None:
                owner, _, last = name.rpartition(".")
                found = None if last.startswith("_") else self.entries.get(f"{owner}.*")
            if found is not None:
                return found
        return None

    def returned_by(self, qualified_name: str) -> str | None:
        """The class of what a call returns, in the catalogue's spelling."""
        for name in self._spelled(qualified_name):
            if name in self.returns:
                return self.returns[name]
        return None

    def operation_of(self, module_or_file: str, function: str, call: str = "") -> str:
        """The kind of what a frame does (one of `KINDS`), or "other".  See `operation`."""
        return self.operation(module_or_file, function, call).kind

    def operation(self, module_or_file: str, function: str, call: str = "") -> Operation:
        """What the innermost frame does: by the native call that it is at, if its source text is known
        (`time.sleep`, `self._sock.recv_into`), else by the frame itself."""
        found = self.call(call) if call else None
        return found or self.frame(module_or_file, function) or Operation(OTHER, self.verbs[OTHER])

    def operation_of_stack(self, frames: Iterable[Frame], call: str = "") -> Operation:
        """The same for a stack, innermost frame first: the first frame that is known decides."""
        found = self.call(call) if call else None
        known = (self.frame(*frame) for frame in frames)
        return found or next(filter(None, known), None) or Operation(OTHER, self.verbs[OTHER])

    def frame(self, module_or_file: str, function: str) -> Operation | None:
        """What a frame of the standard library or of a known library does; None for all others."""
        where, last = place(module_or_file), function.rpartition(".")[2]
        for path in _paths(where):
            found = self.frames.get((path, last)) or self.frames.get((path, "*"))
            if found is not None:
                return found
        return None

    def call(self, text: str) -> Operation | None:
        """What a call does, by its source text without the arguments; by its last part where the receiver
        says nothing (`self._sock.recv_into`)."""
        name = text.partition("(")[0].strip().removeprefix("await ")
        entry = self.lookup(name)
        if entry is not None:
            return Operation(entry.kind, self.verbs[entry.kind])
        return self.calls.get(name.rpartition(".")[2])

    def advice_of_stack(self, frames: Iterable[Frame]) -> Advice | None:
        """What to do about a call with these frames beneath it, innermost first: the innermost that is known decides."""
        for file, function in frames:
            for path in _paths(place(file)):
                found = self.advice.get((path, function.rpartition(".")[2]))
                if found is not None:
                    return found
        return None

    def offload_of(self, module_or_file: str, function: str) -> Offload | None:
        """What a frame sends elsewhere, and why; None where it sends nothing.

        Of two functions of one name, a qualified name (`SyncToAsync.__call__`) chooses.
        """
        where, last = place(module_or_file), function.rpartition(".")[2]
        for path in _paths(where):
            for name in (function, last, "*"):
                if (path, name) in self.offloads:
                    return self.offloads[path, name]
        return self.offloads.get((_package(where), "*"))

    def dispatches(self, file: str) -> bool:
        """Whether a frame of that file hands a request to the program's functions."""
        where = place(file)
        return not where.standard and where.path.startswith(self.dispatchers)

    def offload_of_stack(self, frames: Iterable[Frame]) -> Offload | None:
        """The best explanation of a handoff, from the stack of its submission, innermost frame first.

        Frames before the first known one are skipped (wrappers of an observer).  From there the walk goes on
        over known frames and the standard library's; any other frame has made the call itself and ends it:
        a `def` endpoint's pool is FastAPI's doing, an `asyncio.to_thread` in an `async def` one is not.
        """
        best: Offload | None = None
        for file, function in frames:
            found = self.offload_of(file, function)
            if found is None:
                if best is not None and not place(file).standard:
                    break
            elif best is None or found.level > best.level:
                best = found
        return best

    def _spelled(self, qualified_name: str) -> Iterator[str]:
        """The name itself, then with its beginning replaced by an alias, the longest first."""
        yield qualified_name
        head = qualified_name
        while head:
            if head in self.aliases:
                yield self.aliases[head] + qualified_name[len(head) :]
            head = head.rpartition(".")[0]


def _paths(where: Place) -> tuple[str, ...]:
    """The keys that a place may stand under.

    A key names its library in its first part, and no library of PyPI is called as a module of the standard
    library, so one table serves both; a file of unknown root matches nothing but itself.
    """
    if where.standard is None:
        return (where.path, where.path.removesuffix(".py") + "/__init__.py")
    return (where.path,)


def _package(where: Place) -> str:
    return where.path.partition("/")[0] + "/"
