"""`blocking-call` and `cpu-on-loop`: what blocks, reached from what the loop runs."""

from __future__ import annotations

import re

from asyncwhy.check.calling import Blocking, Node, Place
from asyncwhy.check.draft import Draft
from asyncwhy.check.project import Project
from asyncwhy.check.reach import Graph
from asyncwhy.check.twins import LEFT, are_twins
from asyncwhy.check.values import Function

#: Once-only code: what it reads from a disk delays nobody who is already being served.
_START_UP = re.compile(
    r"(?:^|[._])(?:main|amain|startup|on_startup|start_up|lifespan|setup|bootstrap|init|initialize|shutdown|cli"
    r"|on_shutdown|run_server|serve|async_main|load_config|__aenter__|__aexit__)\d*$"
)
_TESTS = re.compile(
    r"(?:^|/)(?:tests?|testing|conftest\.py|test_[^/]*|[^/]*_test\.py|benchmarks?|examples?|scripts?)(?:/|$)"
)
_CACHING = frozenset({"lru_cache", "cache", "cached_property", "cached", "alru_cache"})
_OPENING = frozenset(
    "builtins.open io.open pathlib.Path.open os.fdopen gzip.open bz2.open lzma.open zipfile.ZipFile tarfile.open"
    " tempfile.NamedTemporaryFile tempfile.TemporaryFile codecs.open urllib.request.urlopen"
    " subprocess.Popen sqlite3.connect".split()
)
_OPENED = ("io.TextIOWrapper", "_io.", "http.client.HTTPResponse", "zipfile.", "tarfile.", "gzip.")
#: A call of this kind that only sometimes takes long (weight 1) counts when it stands this near to the loop.
_NEAR = 3
#: Calls of a method that only passes on what another gives: `return list(self.lazy())`.
_THIN = 2


class BlockingCalls:
    """Drafts of everything that blocks, one per primitive."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.project: Project = graph.project
        self.drafts: dict[tuple[str, Place, str], Draft] = {}

    def found(self) -> list[Draft]:
        """All of them, in no order."""
        for node in [node for node in self.graph.nodes.values() if node.blocking]:
            opened: set[str] = set()
            for blocking in sorted(node.blocking, key=lambda one: (one.place.line, one.place.column)):
                if self._is_wanted(blocking, node, opened):
                    self._add(blocking, node)
        for draft in self.drafts.values():
            draft.hint = self._is_hint(draft)
        return list(self.drafts.values())

    def _is_wanted(self, blocking: Blocking, node: Node, opened: set[str]) -> bool:
        entry = blocking.entry
        if entry.kind == "cpu" and entry.weight < 3:
            return False
        if self.project.known(node.function.path).foreign and entry.weight < 3:
            return False
        kind = entry.kind
        if entry.name in _OPENING:
            opened.add(kind)
        elif kind in opened and entry.name.startswith(_OPENED):
            return False  # told where it is opened
        return True

    def _add(self, blocking: Blocking, node: Node) -> None:
        for root, steps in self.graph.roots_of(node.function):
            path = (blocking.place, *steps)
            site = next((i for i, place in enumerate(path) if place.path in self.project.packed), None)
            if site is None:
                continue
            if blocking.entry.kind == LEFT and not self._is_twin(root, path, blocking):
                continue
            place = path[site]
            cause = "cpu-on-loop" if blocking.entry.kind == "cpu" else "blocking-call"
            draft = self.drafts.get((cause, place, "" if site else blocking.name))
            if draft is None or len(draft.path) > len(path):
                made = self._draft(cause, blocking, path, site)
                if draft is not None:
                    made.entries = draft.entries
                self.drafts[cause, place, "" if site else blocking.name] = draft = made
            draft.entries.setdefault(Function(root.path, root.index), (self.graph.roots[root], path[-1]))

    def _is_twin(self, root: Function, path: tuple[Place, ...], blocking: Blocking) -> bool:
        """Whether what the loop runs is its own plain twin, or does nothing but call it, and that nothing else."""
        source = self.project.known(root.path)
        name = source.functions[root.index].name
        if len(path) == 1:
            return are_twins(name, blocking.name.rpartition(".")[2])
        entered = path[0]
        inner = self.project.known(entered.path)
        thin = len(path) == 2 and len(source.body(root.index).calls) == 1
        thin = thin and len(inner.body(entered.function).calls) <= _THIN
        return thin and are_twins(name, inner.functions[entered.function].name)

    def _draft(self, cause: str, blocking: Blocking, path: tuple[Place, ...], site: int) -> Draft:
        entry = blocking.entry
        doing = "computes on the event loop" if cause == "cpu-on-loop" else "stops the event loop"
        verb = self.project.externals.catalog.verbs.get(entry.kind, "waits")
        library = None
        if site:
            library = self.project.dotted(path[site - 1].path).partition(".")[0]
        name = short(entry.name)
        if entry.kind == LEFT:
            doing, verb = (
                "runs on the event loop, whatever derived classes do in it",
                "left to derived classes",
            )
        return Draft(
            cause=cause,
            place=path[site],
            call=entry.name,
            operation=entry.kind,
            headline=f"`{name}`{f' in {library}' if library else ''} {doing}",
            label=verb,
            help=f"use `{entry.replacement}`" if entry.replacement else "run it in a thread",
            path=path,
            weight=entry.weight,
            unsure=blocking.name.startswith("typing.IO."),  # whose file may be anything
            library=library,
        )

    def _is_hint(self, draft: Draft) -> bool:
        weight = draft.weight
        if draft.unsure or (draft.operation == "lock" and len(draft.path) > 2):
            return True
        if weight == 3:
            return bool(_TESTS.search(self.project.below(draft.place.path))) and len(draft.path) > 1
        if _TESTS.search(self.project.below(draft.place.path)) or (weight == 1 and len(draft.path) > _NEAR):
            return True
        if draft.operation == "import" and len(draft.path) > 1:
            return True
        if any(self._is_cached(place) for place in draft.path):
            return True
        names = (self.project.known(root.path).functions[root.index].qualname for root in draft.entries)
        return all(_START_UP.search(name) for name in names)

    def _is_cached(self, place: Place) -> bool:
        function = self.project.known(place.path).functions[place.function]
        for shape in function.decorators:
            inner = shape[1] if type(shape) is tuple and shape[0] == "(" else shape
            last = (
                inner if type(inner) is str else inner[2] if type(inner) is tuple and inner[0] == "." else ""
            )
            if last in _CACHING:
                return True
        return False


def short(name: str) -> str:
    """A catalogue name as people write it."""
    return name.removeprefix("builtins.")
