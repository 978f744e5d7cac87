"""The picture of a run: what happened, where each finding shows in it, and how it would look without them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from asyncwhy.analysis import folding, tracks
from asyncwhy.analysis.change import Change
from asyncwhy.analysis.facts import Facts, ProcessFacts
from asyncwhy.analysis.jobs import Job
from asyncwhy.analysis.replay import Replay
from asyncwhy.causes import summary
from asyncwhy.causes.draft import Draft, Run
from asyncwhy.causes.senders import sender
from asyncwhy.model import Finding, Site
from asyncwhy.picture import Annotated, Floats, Group, Mark, Picture, Times, WhatIf
from asyncwhy.source import PythonSource

#: Records of all processes together; more are folded.
MOST_RECORDS = 110_000
#: Times of records over all schedules: with many records there is only the what-if of all findings together.
MOST_TIMES = 240_000
#: What-ifs of single findings, the dearest first.
MOST_SINGLE = 4
#: Stretches in which a finding is shown; neighbours of more are joined.
MOST_SPANS = 1_500
#: Lines of a file shown whole; of a longer one those near something to say, so many before and after.
WHOLE, AROUND = 400, 12
MOST_LINES = 4_000

#: Causes whose cost is time in which the loop was stopped at their line.
_HELD = ("blocking-call", "cpu-on-loop", "gil-held", "many-small-holds")

#: A schedule to draw: per process the change that made it, and what came of it.
Schedules = dict[int, tuple[Change, Replay]]


def picture(run: Run, kept: Sequence[tuple[Draft, float | None]], findings: Sequence[Finding]) -> Picture:
    """What is drawn of a run; `kept` are the drafts with what each saves, `findings` what became of them."""
    facts = run.facts
    places = tracks.Places()
    number = {(one.cause, one.site.file, one.site.line): place for place, one in enumerate(findings)}
    of_draft = [number.get((draft.cause, draft.site.file, draft.site.line), -1) for draft, _ in kept]
    drafts = [(place, draft) for place, (draft, _) in zip(of_draft, kept, strict=True) if place >= 0]
    count = max(len(facts.processes), 1)
    drawn = [_Drawn(run, process, places, MOST_RECORDS // count) for process in facts.processes]
    what_ifs, schedules = _what_ifs(facts, drafts, sum(len(one.folded.first) for one in drawn))
    groups = tuple(one.group(schedules, _parent(facts, one.facts)) for one in drawn)
    return Picture(
        places=tuple(places.rows),
        groups=groups,
        marks=_marks(facts, drafts, drawn, len(findings)),
        what_ifs=tuple(what_ifs),
        sources=_sources(facts, run.source, findings),
    )


class _Drawn:
    """One process on its way to a group."""

    def __init__(self, run: Run, facts: ProcessFacts, places: tracks.Places, budget: int) -> None:
        self.run, self.facts, self.places = run, facts, places
        numbers = list(facts.line.threads)
        self.threads = {number: place for place, number in enumerate(numbers)}
        self.folded = folding.fold(facts, numbers, budget)

    def group(self, schedules: list[Schedules], parent: int) -> Group:
        """The columns, with the times of every schedule."""
        facts, folded, places = self.facts, self.folded, self.places
        pools, jobs, count = tracks.pools_and_jobs(facts, folded.tasks, places, self.threads, self._sent)
        times = [folding.times(folded, facts.measured, None)]
        for schedule in schedules:
            change, replay = schedule.get(facts.process.index, (None, None))
            times.append(times[0] if replay is None else folding.times(folded, replay, change))
        return Group(
            pid=facts.pid,
            parent=parent,
            began=facts.line.begun,
            ended=facts.line.ended,
            tasks=tracks.tasks(facts, folded.tasks, places, self.threads),
            threads=tracks.thread_rows(facts, summary.roles(facts), places),
            pools=pools,
            records=folding.records(folded, places, self.threads),
            jobs=jobs,
            samples=tracks.samples(facts, self.threads, places),
            times=tuple(_first_jobs(one, count) for one in times),
        )

    def _sent(self, job: Job) -> Site | None:
        one = sender(self.run, self.facts, job)
        return one.handoff.site if one is not None else None


def _first_jobs(times: Times, count: int) -> Times:
    return replace(times, job_start=times.job_start[:count], job_end=times.job_end[:count])


def _parent(facts: Facts, process: ProcessFacts) -> int:
    """The place of the process that started this one; -1 if it is none of them."""
    parent = process.process.meta.get("ppid")
    pids = [one.pid for one in facts.processes]
    return pids.index(parent) if parent in pids and parent != process.pid else -1


def _what_ifs(
    facts: Facts, drafts: list[tuple[int, Draft]], records: int
) -> tuple[list[WhatIf], list[Schedules]]:
    """All findings mended together, then the dearest one by one, each with its schedule."""
    changing = [(place, draft) for place, draft in drafts if draft.change is not None]
    if not changing or facts.endless:
        return [], []
    by_place: dict[int, list[Draft]] = defaultdict(list)
    for place, draft in changing:
        by_place[place].append(draft)
    single = sorted(by_place, key=lambda place: -sum(one.cost_s or 0.0 for one in by_place[place]))
    chosen = [tuple(sorted(by_place))]
    room = MOST_TIMES // max(records, 1) - 1
    if len(single) > 1:
        chosen += [(place,) for place in single[: max(min(MOST_SINGLE, room), 0)]]
    what_ifs, schedules = [], []
    for places in chosen:
        schedule = _schedule(facts, [draft for place in places for draft in by_place[place]])
        by_index = {process.process.index: process for process in facts.processes}
        saved = max(by_index[index].baseline.last - made.last for index, (_, made) in schedule.items())
        what_ifs.append(WhatIf(places, max(facts.wall_s - max(saved, 0.0), 0.0)))
        schedules.append(schedule)
    return what_ifs, schedules


def _schedule(facts: Facts, drafts: list[Draft]) -> Schedules:
    changes: dict[int, Change] = {}
    for draft in drafts:
        if draft.change is not None:
            index = draft.facts.process.index
            changes[index] = changes[index].plus(draft.change) if index in changes else draft.change
    by_index = {process.process.index: process for process in facts.processes}
    return {index: (change, by_index[index].replayed(change)) for index, change in changes.items()}


def _marks(
    facts: Facts, drafts: list[tuple[int, Draft]], drawn: list[_Drawn], count: int
) -> tuple[tuple[Mark, ...], ...]:
    groups = {process.process.index: place for place, process in enumerate(facts.processes)}
    made: list[list[Mark]] = [[] for _ in range(count)]
    for place, draft in drafts:
        numbers = list(draft.facts.line.threads)
        thread = numbers.index(draft.thread) if draft.thread in numbers else -1
        spans = np.array(sorted(draft.spans), np.float64).reshape(-1, 2)
        group = groups[draft.facts.process.index]
        if len(spans):
            made[place].append(Mark(group, thread, _fewer(spans)))
            continue
        waits = folding.waiting_at(drawn[group].folded, {(draft.site.file, draft.site.line)})
        if len(waits):
            made[place].append(Mark(group, thread, np.zeros((0, 2)), waits))
    return tuple(tuple(marks) for marks in made)


def _fewer(spans: Floats) -> Floats:
    """At most `MOST_SPANS` of them: the narrowest gaps are closed."""
    if len(spans) <= MOST_SPANS:
        return spans
    gaps = spans[1:, 0] - spans[:-1, 1]
    kept = np.sort(np.argsort(-gaps, kind="stable")[: MOST_SPANS - 1])
    firsts = np.append(0, kept + 1)
    lasts = np.append(kept, len(spans) - 1)
    return np.column_stack((spans[firsts, 0], spans[lasts, 1]))


# --- the annotated source


def _sources(facts: Facts, source: object, findings: Sequence[Finding]) -> tuple[Annotated, ...]:
    assert isinstance(source, PythonSource)
    stopped: dict[str, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    awaited: dict[str, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    for process in facts.processes:
        _stops(process, stopped)
        _waits(process, awaited)
    for finding in findings:
        for site in (finding.site, *(related.site for related in finding.related)):
            stopped[site.file][site.line] += 0.0
        if finding.cause in _HELD:  # short holds are summed by it, and not seen one by one
            own = stopped[finding.site.file]
            own[finding.site.line] = max(own[finding.site.line], finding.cost_s or 0.0)
    files = sorted(stopped, key=lambda file: -sum(stopped[file].values()))
    made: list[Annotated] = []
    room = MOST_LINES
    for file in [*files, *(file for file in awaited if file not in stopped)]:
        lines = source.sources.lines(file)
        told = {*stopped[file], *awaited[file]}
        shown = range(1, len(lines) + 1) if len(lines) <= WHOLE else _near(told, len(lines))
        texts = {number: lines[number - 1][:2_000] for number in shown}
        if texts and len(texts) <= room:
            room -= len(texts)
            made.append(Annotated(file, texts, _plain(stopped[file]), _plain(awaited[file])))
    return tuple(made)


def _plain(seconds: dict[int, float]) -> dict[int, float]:
    return {line: value for line, value in sorted(seconds.items()) if value > 0}


def _near(told: set[int], last: int) -> list[int]:
    return sorted(
        {near for line in told for near in range(line - AROUND, line + AROUND + 1) if 0 < near <= last}
    )


def _stops(facts: ProcessFacts, stopped: dict[str, dict[int, float]]) -> None:
    for piece in facts.pieces:
        site = next((one for one in facts.stack(piece.stack) if facts.origins.is_user(one)), None)
        if site is not None:
            stopped[site.file][site.line] += piece.length


def _waits(facts: ProcessFacts, awaited: dict[str, dict[int, float]]) -> None:
    rows = facts.process.table("waits")
    if not len(rows):
        return
    sums = np.bincount(rows["stack"].astype(np.int64), rows["await_s"])
    for stack in np.flatnonzero(sums > 0).tolist():
        site = next((one for one in facts.stack(stack) if facts.origins.is_user(one)), None)
        if site is not None:
            awaited[site.file][site.line] += float(sums[stack])
