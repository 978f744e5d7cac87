"""Whose code a file is: the user's, a library's or the standard library's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

from asyncwhy.model import Site
from asyncwhy.trace.reader import Process

#: What is to trio's programs as asyncio is to others: the loop's machinery, nobody's library; and what attrs
#: writes for its classes.
MACHINERY = ("-packages/trio/", "-packages/outcome/", "<attrs generated ")

#: Code without a file that somebody wrote themselves.
TYPED = ("<string>", "<stdin>", "<ipython-input-", "<input>", "<console>")
#: What of a file's path says that it is ours.
AGENTS = ("/_asyncwhy_agent/", "/agents/node/agent.js")


class Origin(Enum):
    """Whose code it is."""

    USER = "user"
    LIBRARY = "library"
    STANDARD = "standard"


@dataclass(frozen=True)
class Origins:
    """Sorts the files of one process; `library` is the standard library's folder."""

    library: str
    prefixes: tuple[str, ...]
    folder: str = ""
    _known: dict[str, Origin] = field(default_factory=dict, compare=False, repr=False)

    @staticmethod
    def of_process(process: Process) -> Origins:
        """The sorting of a process's files."""
        prefixes = tuple(str(prefix) for prefix in process.meta.get("prefixes", ()))
        return Origins(process.library, prefixes, str(process.meta.get("folder", "")))

    def of(self, file: str) -> Origin:
        """Whose code a file is."""
        known = self._known.get(file)
        if known is None:
            known = self._known[file] = _origin(self, file)
        return known

    def package(self, file: str) -> str | None:
        """The name of the library that a file belongs to, or None for the user's and the standard one."""
        if any(machinery in file for machinery in MACHINERY):
            return None
        for folder in ("/site-packages/", "/dist-packages/"):
            if folder in file:
                name = file.rpartition(folder)[2].partition("/")[0]
                return name.removesuffix(".py")
        if "/node_modules/" in file:
            first, _, rest = file.rpartition("/node_modules/")[2].partition("/")
            return f"{first}/{rest.partition('/')[0]}" if first.startswith("@") else first
        if self.of(file) is Origin.LIBRARY:
            return file.rpartition("/")[2]
        return None

    def is_user(self, site: Site) -> bool:
        """Whether a site is in the user's own code."""
        return self.of(site.file) is Origin.USER

    def user_index(self, stack: Sequence[Site]) -> int | None:
        """Where the user's own innermost line stands in a stack; without one, the innermost library line."""
        library = None
        for index, site in enumerate(stack):
            origin = self.of(site.file)
            if origin is Origin.USER:
                return index
            if origin is Origin.LIBRARY and library is None:
                library = index
        return library

    def user_site(self, stack: Sequence[Site]) -> Site | None:
        """The user's own innermost line, as `user_index` finds it."""
        index = self.user_index(stack)
        return None if index is None else stack[index]


def _origin(origins: Origins, file: str) -> Origin:
    # uvloop is compiled: its own coroutines are the loop's machinery.
    if not file or file.startswith(("<frozen ", "node:", "wasm:", "uvloop/")):
        return Origin.STANDARD
    if any(machinery in file for machinery in (*AGENTS, *MACHINERY)):
        return Origin.STANDARD
    if any(folder in file for folder in ("/site-packages/", "/dist-packages/", "/node_modules/")):
        return Origin.LIBRARY
    if file.startswith("<") and not file.startswith(TYPED):
        return Origin.LIBRARY  # what a library compiled: a template, a class's methods
    if origins.library and file.startswith(origins.library + "/"):
        return Origin.STANDARD
    if any(file.startswith(f"{prefix}/bin/") for prefix in origins.prefixes):
        return Origin.LIBRARY
    return Origin.USER
