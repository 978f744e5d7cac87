"""The replay on made-up programs: what it must hold whatever the program is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from asyncwhy.analysis import critical
from asyncwhy.analysis.change import Change, Cut
from asyncwhy.analysis.facts import ProcessFacts, analyse
from asyncwhy.trace.reader import Trace
from tests.analysis.programs import Actions, Gather, Job, Sleep, Work, record

# Steps closer together than 0.5 ms are one node of at most 1 ms (`schedule.GAP_S`, `LONG_S`): whom they wake is
# told to that precision, so programs are made of pieces that are long against it.
lengths = st.integers(min_value=20, max_value=900).map(lambda milliseconds: milliseconds / 1000)
#: What a turn of short callbacks takes, with room.
CLOSE_S = 0.0003
leaf = st.one_of(st.builds(Work, lengths), st.builds(Sleep, lengths), st.builds(Job, lengths))
leaves = st.lists(leaf, min_size=1, max_size=4).map(tuple)
programs = st.recursive(
    leaves,
    lambda inner: st.lists(
        st.one_of(leaf, st.lists(inner, min_size=1, max_size=4).map(lambda some: Gather(tuple(some)))),
        min_size=1,
        max_size=3,
    ).map(tuple),
    max_leaves=12,
)


def facts_of(program: Actions, workers: int = 2) -> ProcessFacts:
    process = record(program, workers)
    return analyse(Trace(Path("made-up"), processes={1: process})).processes[0]


def recorded_end(facts: ProcessFacts) -> float:
    return float(facts.nodes.end[facts.nodes.is_task].max())


def longest_chain(program: Actions) -> float:
    """Seconds that no machine could do the program in less than: the critical path of its structure."""
    total = 0.0
    for action in program:
        if isinstance(action, Gather):
            total += max((longest_chain(child) for child in action.children), default=0.0)
        else:
            total += action.seconds
    return total


def work(program: Actions, kind: type[Any]) -> float:
    return sum(
        sum(work(child, kind) for child in action.children) if isinstance(action, Gather)
        else action.seconds if isinstance(action, kind) else 0.0
        for action in program
    )  # fmt: skip


@given(programs)
def test_unchanged_it_gives_back_what_was_recorded(program: Actions) -> None:
    facts = facts_of(program)
    # Whether a timer is seen in this turn of the loop or in the next may hang on microseconds, of which neither a
    # real machine nor a replay has the same twice; and on that, how long all of it takes.
    assume(facts.process.meta["closest"] > CLOSE_S)
    end = recorded_end(facts)
    assert abs(facts.baseline.last - end) <= 0.01 * end  # the promise is 5 %


@given(programs)
def test_it_conserves_the_work(program: Actions) -> None:
    facts = facts_of(program)
    replay = facts.baseline
    assert abs(float((replay.end - replay.start).sum()) - float(facts.nodes.run.sum())) < 1e-6


@given(programs, st.data())
def test_it_is_never_faster_than_the_critical_path(program: Actions, data: st.DataObject) -> None:
    facts = facts_of(program)
    long = [node for node in range(len(facts.nodes.start)) if facts.nodes.run[node] > 0.001]
    cut = data.draw(st.lists(st.sampled_from(long), unique=True)) if long else []
    change = Change(
        {node: [Cut(0.0, float(facts.nodes.run[node]), data.draw(st.booleans()))] for node in cut}, {1: 100}
    )
    replay = facts.replayed(change)
    assert replay.last >= longest_chain(program) - 1e-3
    left = float(facts.nodes.run.sum()) - sum(float(facts.nodes.run[node]) for node in cut)
    assert replay.last >= left - 1e-3


@given(st.lists(lengths, min_size=1, max_size=12), st.integers(1, 6))
def test_independent_jobs_are_never_slower_with_more_workers(jobs: list[float], workers: int) -> None:
    facts = facts_of((Gather(tuple((Job(length),) for length in jobs)),), workers)
    fewer = facts.replayed(Change(workers={1: workers})).last
    more = facts.replayed(Change(workers={1: workers + 1})).last
    assert more <= fewer + 1e-6


@given(programs, st.integers(1, 4))
def test_more_workers_stay_within_grahams_bound(program: Actions, workers: int) -> None:
    """Dependent jobs may become slower with more workers (Graham 1969, SIAM J. Appl. Math. 17), by less than
    twice the time of any other schedule."""
    facts = facts_of(program, workers)
    fewer = facts.replayed(Change(workers={1: workers})).last
    assert facts.replayed(Change(workers={1: workers + 1})).last <= 2 * fewer + 1e-6


@given(programs)
def test_the_critical_path_covers_the_run_once(program: Actions) -> None:
    facts = facts_of(program)
    path = critical.path(facts.nodes, facts.jobs)
    assert (
        abs(sum(stretch.length for stretch in path) - recorded_end(facts))
        <= 0.02 * recorded_end(facts) + 2e-3
    )


@given(st.lists(lengths, min_size=2, max_size=6))
def test_blocked_holds_that_become_delays_overlap(holds: list[float]) -> None:
    facts = facts_of((Gather(tuple((Work(length),) for length in holds)),))
    nodes = facts.nodes
    cuts = {
        node: [Cut(0.0, float(nodes.run[node]), computes=False)]
        for node in range(len(nodes.start))
        if nodes.run[node] > 0.0009 and nodes.ref[node] != 1
    }
    replay = facts.replayed(Change(cuts))
    assert abs(replay.last - max(holds)) <= 0.05 * max(holds) + 2e-3
