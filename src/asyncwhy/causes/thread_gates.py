"""Which lines of worker threads take something that others may want: read from the source, for `bottlenecks`."""

from __future__ import annotations

from dataclasses import replace

from asyncwhy.analysis.bottlenecks import Bottleneck, Gate, bottlenecks
from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.analysis.places import Origin
from asyncwhy.analysis.stuck import WAITING
from asyncwhy.causes.draft import Run
from asyncwhy.model import Site
from asyncwhy.source.interface import Section

#: Classes of what is taken by `acquire` or `with`, and waited for in C or in `threading`.
LOCKS = ("Lock", "RLock", "Semaphore", "BoundedSemaphore", "Condition")
#: Functions that take for whoever calls them.
ENTERS = ("acquire", "__enter__")
#: What `threading` and `queue` wait in, innermost first, for something that another thread may give back.  An event,
#: another thread's end, a result or room in a queue is nothing that is given back.
FOR_A_TURN = (("wait", "acquire"), ("wait", "get"), ("wait",), ("wait", "wait_for"))
#: They run jobs, and stand beneath all of them.
RUNNERS = ("anyio", "asgiref")


def all_bottlenecks(run: Run) -> list[tuple[ProcessFacts, Bottleneck]]:
    """The bottlenecks of every process, worked out once for a run."""
    kept: list[tuple[ProcessFacts, Bottleneck]] | None = run.__dict__.get("_bottlenecks")
    if kept is None:
        kept = []
        for facts in run.facts.processes:
            kept += [(facts, one) for one in bottlenecks(facts, _Reading(run, facts).gate_of)]
        run.__dict__["_bottlenecks"] = kept
    return kept


class _Reading:
    """What the stacks of one process stand at."""

    def __init__(self, run: Run, facts: ProcessFacts) -> None:
        self.run, self.facts = run, facts

    def gate_of(self, stack: tuple[Site, ...]) -> Gate | None:
        """The gate at which a stack stands; None if it waits for nothing that another thread may hold."""
        inside = self._inside_threading(stack)
        if inside == len(stack) or (inside and self._functions(stack[:inside]) not in FOR_A_TURN):
            return None
        site = stack[inside]
        is_lock = self._is_lock(site) if not inside else stack[inside - 1].function.endswith("acquire")
        if not inside and not is_lock:
            return None
        gate = self._gate(stack, inside, is_lock)
        return gate and self._named(gate)

    def _gate(self, stack: tuple[Site, ...], inside: int, is_lock: bool) -> Gate | None:
        site = stack[inside]
        for index in range(inside, len(stack)):
            frame = stack[index]
            if self._enters(frame):
                continue
            section = self.run.source.section_at(frame.file, frame.line, frame.column or None)
            if section is not None and section.line <= section.end_line:
                return Gate(site, (frame.file, frame.function, section.line, section.end_line), frozenset())
            if self.facts.origins.is_user(frame):
                return self._after_call(site, stack[index + 1 :]) if is_lock else None
            break
        frames = self._library(stack[inside + 1 :])
        return Gate(site, None, frames) if frames else None

    def _named(self, gate: Gate) -> Gate:
        """The gate with what is known of the thing that is taken there."""
        site = gate.site
        section = self.run.source.section_at(site.file, site.line, site.column or None)
        if section is None:
            return gate
        call = section.made
        made = Site(site.file, call.line, call.column, call.function, call.end_column) if call else None
        return replace(gate, name=section.name, kind=section.kind, made=made)

    def _inside_threading(self, stack: tuple[Site, ...]) -> int:
        """How many of the innermost frames are those of `threading` and `queue`."""
        for index, site in enumerate(stack):
            if not (site.file.startswith(self.facts.process.library) and site.file.endswith(WAITING)):
                return index
        return len(stack)

    @staticmethod
    def _functions(frames: tuple[Site, ...]) -> tuple[str, ...]:
        return tuple(site.function.rpartition(".")[2] for site in frames)

    def _is_lock(self, site: Site) -> bool:
        """Whether a line whose wait is in C takes a lock."""
        section = self.run.source.section_at(site.file, site.line, site.column or None)
        if section is not None:
            return section.how != "get" and _may_be_lock(section)
        call = self.run.source.call_at(site.file, site.line, site.column or None, None, site.end_column)
        return call is not None and call.name.rpartition(".")[2] == "acquire"

    def _enters(self, frame: Site) -> bool:
        """Whether a frame takes for whoever called it: a context manager, which gives it back when it is left."""
        if frame.function.rpartition(".")[2] in ENTERS:
            return True
        name = frame.function.rpartition(".")[2]
        function = self.run.source.function_at(frame.file, frame.line, name)
        return function is not None and function.name == name and function.is_generator

    def _after_call(self, site: Site, outer: tuple[Site, ...]) -> Gate | None:
        """A function that takes and does not give back: it is held for the rest of the one that called it."""
        for frame in outer:
            if not self.facts.origins.is_user(frame):
                continue
            function = self.run.source.function_at(frame.file, frame.line, frame.function.rpartition(".")[2])
            if function is None:
                return None
            return Gate(site, (frame.file, frame.function, frame.line + 1, function.end_line), frozenset())
        return None

    def _library(self, outer: tuple[Site, ...]) -> frozenset[tuple[str, str]]:
        """The library's frames through which it is taken, up to the user's own."""
        made = set()
        for frame in outer:
            if self.facts.origins.of(frame.file) is not Origin.LIBRARY:
                break
            if self.facts.origins.package(frame.file) not in RUNNERS:
                made.add((frame.file, frame.function))
        return frozenset(made)


def _may_be_lock(section: Section) -> bool:
    """Whether what is taken is a lock, as far as the source tells it."""
    if section.kind:
        return section.kind.rpartition(".")[2] in LOCKS
    return not section.is_call
