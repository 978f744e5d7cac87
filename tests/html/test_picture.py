"""What is drawn of a run: every stretch of it, folded only where there are too many, and moved as the replay says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asyncwhy.analysis import folding
from asyncwhy.analysis.change import Change, Cut
from asyncwhy.analysis.facts import ProcessFacts, analyse
from asyncwhy.analysis.tracks import Places
from asyncwhy.causes.diagnosis import diagnose
from asyncwhy.trace.reader import Trace
from tests.analysis.programs import Actions, Gather, Job, Sleep, Work, record

MANY: Actions = (Gather(tuple((Work(0.02), Sleep(0.03)) * 20 for _ in range(8))),)


def facts_of(program: Actions) -> ProcessFacts:
    return analyse(Trace(Path("made-up"), processes={1: record(program)})).processes[0]


def folded(facts: ProcessFacts, budget: int) -> folding.Folded:
    return folding.fold(facts, list(facts.line.threads), budget)


def test_every_node_is_a_record_while_there_is_room() -> None:
    facts = facts_of(MANY)
    made = folded(facts, 10_000)
    assert set(made.steps.tolist()) == {1}
    assert len(made.first) == int((facts.nodes.end > 0).sum())


@given(st.integers(20, 400))
def test_folding_keeps_to_the_budget_and_loses_no_second(budget: int) -> None:
    facts = facts_of(MANY)
    made = folded(facts, budget)
    rows = len(set(made.row.tolist()))
    assert len(made.first) <= max(budget, rows)
    times = folding.times(made, facts.measured, None)
    single = made.steps == 1
    held = np.where(single, times.end - times.start, times.held).sum()
    assert held == pytest.approx(float((facts.nodes.end - facts.nodes.start).sum()), abs=1e-6)
    assert (times.release <= times.start).all()
    assert (times.start <= times.end).all()


def test_a_what_if_moves_the_same_records() -> None:
    facts = facts_of((Gather(((Work(0.2),), (Work(0.3),), (Work(0.1),))),))
    long = [node for node in range(len(facts.nodes.start)) if facts.nodes.run[node] > 0.05]
    change = Change({node: [Cut(0.0, float(facts.nodes.run[node]), computes=False)] for node in long})
    made = folded(facts, 1_000)
    before = folding.times(made, facts.measured, None)
    after = folding.times(made, facts.replayed(change), change)
    assert before.end.max() == pytest.approx(0.6, abs=0.01)
    assert after.end.max() == pytest.approx(0.3, abs=0.01)
    assert len(after.away) == 3
    lengths = sorted((after.away[:, 4] - after.away[:, 3]).tolist())
    assert lengths == pytest.approx([0.1, 0.2, 0.3], abs=0.01)


def test_jobs_have_times_in_both_schedules() -> None:
    facts = facts_of((Gather(((Job(0.2),), (Job(0.2),), (Job(0.2),))),))
    made = folded(facts, 1_000)
    more = Change(workers=dict.fromkeys(facts.pools, 3))
    before = folding.times(made, facts.measured, None)
    after = folding.times(made, facts.replayed(more), more)
    assert before.job_end.max() == pytest.approx(0.4, abs=0.01)
    assert after.job_end.max() == pytest.approx(0.2, abs=0.01)


def test_several_processes_are_several_groups() -> None:
    first, second = record((Work(0.1),)), record((Sleep(0.1), Work(0.05)))
    second.index = 2
    second.meta = {**second.meta, "pid": 4242}
    report = diagnose(Trace(Path("made-up"), processes={1: first, 2: second}, ended=True), drawn=True)
    assert report.picture is not None
    assert len(report.picture.groups) == 2
    assert report.picture.groups[1].pid == 4242


def test_a_report_that_nobody_draws_has_no_picture() -> None:
    assert diagnose(Trace(Path("made-up"), processes={1: record((Work(0.1),))})).picture is None


def test_a_place_stands_once() -> None:
    places = Places()
    site = facts_of(MANY).line.tasks[1].code
    number = places.of(site.site if site else None)
    assert places.of(site.site if site else None) == number
    assert len(places.rows) <= 2
