"""Whose doing a job is: the user's line that sent it, or the user's function that a framework sent by itself.

A framework sends `def` endpoints, dependencies and iterators to threads on its own.  A user's line farther out (a
middleware, a test client, the line that runs the server) has carried the request, and sent nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.analysis.jobs import Job
from asyncwhy.analysis.places import Origin
from asyncwhy.catalog import Offload
from asyncwhy.causes.draft import Run
from asyncwhy.model import Handoff, Related, Site
from asyncwhy.trace.reader import Place

#: Packages that a line calls in order to send something: what they send is that line's doing.
PLUMBING = frozenset(("anyio", "asgiref", "asyncer", "trio", "uvloop"))
#: What a thread was found at may be dated back to the sample before (5 ms apart, and late).
SOON_S = 0.02
#: Tasks are followed so many makers outwards for the handler whose answer a framework works on.
OUTWARDS = 8


@dataclass(frozen=True, slots=True)
class Sender:
    """`site` answers for the job, with the stack from there outwards; `handoff` is the line that sent it, the
    framework's own where `decided` says that it was a framework's doing."""

    site: Site
    stack: tuple[Site, ...]
    handoff: Handoff
    offload: Offload | None
    decided: bool

    @property
    def call(self) -> str:
        """What it was sent with, by the name that a person knows."""
        return self.offload.call if self.offload is not None else "submit"

    @property
    def related(self) -> tuple[Related, ...]:
        """The framework's line, where that is another place than `site`."""
        if not self.decided or self.handoff.site == self.site:
            return ()
        note = self.offload.call if self.offload is not None else ""
        return (Related("sent there by", self.handoff.site, note),)


def sender(run: Run, facts: ProcessFacts, job: Job) -> Sender | None:
    """Whose doing a job is; None where nothing of the user's or a library's is on the way."""
    known: dict[tuple[int, int, int, int], Sender | None] = run.__dict__.setdefault("_senders", {})
    own = facts.stack(job.stack)
    alone = any(facts.origins.is_user(site) for site in own)
    key = (facts.process.index, job.stack, job.code, 0 if alone else job.task)
    if key not in known:
        known[key] = _sender(run, facts, job, facts.job_stack(job), len(own))
    return known[key]


def _sender(run: Run, facts: ProcessFacts, job: Job, stack: tuple[Site, ...], own: int) -> Sender | None:
    place = facts.process.places.get(job.code)
    offload = run.catalog.offload_of_stack([(site.file, site.function) for site in stack])
    index = next((at for at, site in enumerate(stack) if facts.origins.is_user(site)), None)
    if index is None or _decided(run, facts, stack[:index], place):
        return _by_framework(run, facts, job, stack, offload)
    site = stack[index] if index < own else _written(run, stack[index], place, offload)
    handed = (site, *stack[index + 1 :])
    return Sender(site, handed, Handoff(site, handed), offload, False)


def _by_framework(
    run: Run, facts: ProcessFacts, job: Job, stack: tuple[Site, ...], offload: Offload | None
) -> Sender | None:
    at = sending_line(run, facts, stack, offload)
    if at is None:
        return None
    handoff = Handoff(stack[at], stack[at:])
    place = facts.process.places.get(job.code)
    function = place.site if place is not None and facts.origins.is_user(place.site) else _handler(facts, job)
    if function is None:
        return Sender(handoff.site, handoff.stack, handoff, offload, True)
    site = definition(run, function)
    return Sender(site, (site,), handoff, offload, True)


def sending_line(
    run: Run, facts: ProcessFacts, stack: tuple[Site, ...], offload: Offload | None
) -> int | None:
    """Where a library's frame stands that is known to send so, else the innermost one of a library that decides."""
    library = [at for at, site in enumerate(stack) if facts.origins.of(site.file) is Origin.LIBRARY]
    deciding = [at for at in library if not _is_plain(facts, stack[at])]
    known = (
        at
        for at in deciding
        if offload is not None and run.catalog.offload_of(stack[at].file, stack[at].function) == offload
    )
    return next(known, next(iter(deciding or library), None))


def _decided(run: Run, facts: ProcessFacts, between: tuple[Site, ...], place: Place | None) -> bool:
    """Whether a framework decided, by the frames inside the user's innermost line: that line did not call what
    sends the user's function, nor a library that sends functions of its own."""
    if place is None or not facts.origins.is_user(place.site):
        return any(run.catalog.dispatches(site.file) for site in between)
    known = [run.catalog.offload_of(site.file, site.function) is not None for site in between]
    outside = known.index(True) if True in known else 0
    for at, sends in enumerate(known):
        if sends and all(_is_plain(facts, site) for site in between[outside + 1 : at]):
            outside = max(outside, at)
    return any(not _is_plain(facts, site) for site in between[outside + 1 :])


def _is_plain(facts: ProcessFacts, site: Site) -> bool:
    """Whether a frame is the standard library's, or that of a package which only sends what it is given."""
    package = facts.origins.package(site.file)
    return package is None or package in PLUMBING


def _handler(facts: ProcessFacts, job: Job) -> Site | None:
    """The function of the user's on whose answer a framework works."""
    task, seen = job.task, 0
    while task and seen < OUTWARDS:
        site = facts.handlers.before(task, job.submitted)
        if site is not None and facts.origins.is_user(site):
            return site
        made = facts.line.tasks.get(task)
        task, seen = (made.parent if made is not None else 0), seen + 1
    return None


def sent_to(run: Run, facts: ProcessFacts, thread: int, when: float) -> tuple[Handoff | None, Offload | None]:
    """What sent the code that a thread ran at a moment: its job's sender, or whoever started the thread."""
    made = job_sender(run, facts, thread, when)
    if made is not None:
        return made.handoff, made.offload
    fact = facts.line.threads.get(thread)
    return thread_sender(run, facts, facts.stack(fact.stack) if fact is not None else ())


def job_sender(run: Run, facts: ProcessFacts, thread: int, when: float) -> Sender | None:
    """Whose doing the job is that a thread ran at a moment; the moment may be a little before it began."""
    before: Job | None = None
    soon: Job | None = None
    for job in facts.jobs:
        if job.worker == thread and job.start is not None:
            if job.start <= when:
                before = job
            elif soon is None and job.start <= when + SOON_S:
                soon = job
    ran = before is not None and (before.end is None or before.end >= when)
    found = before if ran or soon is None else soon
    return sender(run, facts, found) if found is not None else None


def told_sender(run: Run, facts: ProcessFacts, thread: int, when: float) -> Related | None:
    """The line that answers for what a thread ran at a moment, as findings point to it: the function itself where
    a framework sent it on its own."""
    made = job_sender(run, facts, thread, when)
    handoff, offload = sent_to(run, facts, thread, when) if made is None else (made.handoff, made.offload)
    if handoff is None:
        return None
    how = "" if offload is None else f"{offload.call}, "
    site = made.site if made is not None and made.decided else handoff.site
    return Related("sent there by", site, f"{how}to {facts.line.thread_name(thread)}")


def thread_sender(
    run: Run, facts: ProcessFacts, stack: tuple[Site, ...]
) -> tuple[Handoff | None, Offload | None]:
    """Who started a thread, by the stack of its start: the user's line, or what of a library's is known to."""
    offload = run.catalog.offload_of_stack([(site.file, site.function) for site in stack])
    at = next((at for at, site in enumerate(stack) if facts.origins.is_user(site)), None)
    at = sending_line(run, facts, stack, offload) if at is None else at
    return (None if at is None else Handoff(stack[at], stack[at:])), offload


def definition(run: Run, function: Site) -> Site:
    """The line of a function's `def`; code objects begin at the first decorator."""
    found = run.source.function_at(function.file, function.line, function.function.rpartition(".")[2])
    return replace(function, line=found.line) if found is not None else function


def _written(run: Run, site: Site, place: Place | None, offload: Offload | None) -> Site:
    """Where the call that sends is written, if that is an argument of the call at `site`: `gather(to_thread(f))`
    runs it in a task of its own, for which the line of the `gather` stands."""
    outer = run.source.call_at(site.file, site.line, site.column or None, None, site.end_column)
    if outer is None or offload is None:
        return site
    name = offload.call.rpartition(".")[2]
    lines = range(outer.extent.line, outer.extent.end_line + 1)
    found = [run.source.call_at(site.file, line, callee_hint=name) for line in lines]
    calls = [call for call in found if call is not None and call.qualified.rpartition(".")[2] == name]
    last = place.site.function.rpartition(".")[2] if place is not None else ""
    named = [call for call in calls if last and last in call.text]
    calls = named if len(calls) > 1 else calls
    if len(calls) != 1 or calls[0].line == site.line:
        return site
    return Site(site.file, calls[0].line, calls[0].column, site.function, calls[0].end_column)


def name_at(run: Run, site: Site, otherwise: str) -> str:
    """The name of what is called at a site; of a `def`, its own."""
    if not site.column:  # there are none before CPython 3.11 either
        function = run.source.function_at(site.file, site.line, site.function.rpartition(".")[2])
        if function is not None and site.line in (function.line, function.first_line):
            return site.function
    hint = None if site.column else otherwise.rpartition(".")[2]
    call = run.source.call_at(site.file, site.line, site.column or None, None, site.end_column, hint)
    return call.qualified if call is not None else otherwise
