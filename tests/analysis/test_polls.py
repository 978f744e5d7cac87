"""A task that sleeps until it finds a flag set ends with what set it, however many looks that takes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from asyncwhy.analysis import critical, lateness, polls
from asyncwhy.analysis.change import Change, Cut
from asyncwhy.analysis.facts import ProcessFacts
from tests.analysis.programs import POLLING, Actions, Gather, Poll, Set, Sleep, Work, record
from tests.analysis.test_replay import facts_of, lengths, recorded_end

periods = st.integers(min_value=10, max_value=200).map(lambda milliseconds: milliseconds / 1000)


def served(work: float, wait: float, period: float) -> Actions:
    """A server looks now and then whether it is to stop, and takes 30 ms to do so; its client works and waits."""
    client = (Sleep(0.005), Work(work), Sleep(wait), Set("stop"))
    return (Gather(((Poll("stop", period), Work(0.03)), client)),)


def told(program: Actions) -> ProcessFacts:
    """The facts, once the source has told which waits are polls."""
    facts = facts_of(program)
    facts.polled = frozenset((POLLING,))
    return facts


def hold(facts: ProcessFacts, work: float) -> int:
    (node,) = np.flatnonzero(np.abs(facts.nodes.run - work) < 1e-3)[:1].tolist()
    return int(node)


@given(lengths, lengths, periods)
def test_unchanged_it_gives_back_what_was_recorded(work: float, wait: float, period: float) -> None:
    facts = told(served(work, wait, period))
    assert abs(facts.baseline.last - recorded_end(facts)) <= 0.01 * recorded_end(facts)


@given(lengths, lengths, periods)
@example(0.02, 0.333, 0.01)  # the flag is set while the timer of the last look is due
def test_it_ends_as_the_program_would_that_looks_less_often(work: float, wait: float, period: float) -> None:
    assume(abs(work - 0.03) > 0.002)
    facts = told(served(work, wait, period))
    quick = facts_of(served(0.001, wait, period))
    change = Change({hold(facts, work): [Cut(0.0, work - 0.001, computes=False, takes=0.0)]})
    replay = facts.replayed(change)
    assert abs(replay.last - recorded_end(quick)) <= period + 0.01
    (poll,) = facts.nodes.polls
    ran = replay.end[poll.looks] > 0
    assert replay.start[poll.looks[ran]].max(initial=0.0) <= replay.start[poll.found]


def test_without_the_source_it_is_a_loop_of_so_many_turns() -> None:
    facts = facts_of(served(0.5, 0.2, 0.1))
    change = Change({hold(facts, 0.5): [Cut(0.0, 0.499, computes=False, takes=0.0)]})
    looks = round((recorded_end(facts) - 0.03) / 0.1)
    assert facts.replayed(change).last >= 0.1 * (looks - 5)


def test_what_the_run_waits_for_is_not_the_look_but_what_it_finds() -> None:
    facts = told(served(0.05, 0.9, 0.1))
    path = critical.path(facts.nodes, facts.jobs)
    client = int(facts.nodes.ref[facts.nodes.polls[0].event])
    assert sum(one.length for one in path if one.ref == client) >= 0.9


@pytest.mark.parametrize(("polled", "hidden"), [(False, False), (True, False), (True, True)])
def test_nobody_is_late_for_a_look_in_vain(polled: bool, hidden: bool) -> None:
    facts = facts_of(served(0.3, 0.9, 0.1))
    if polled:
        facts.polled = frozenset((POLLING,))
        polls.calm(facts.line, facts.nodes, frozenset((1,) if hidden else ()))
    node = hold(facts, 0.3)
    span = np.array([[facts.nodes.start[node], facts.nodes.end[node]]])
    late, _ = lateness.late_steps(facts.line, 1, span)
    assert bool(len(late)) is (hidden or not polled)  # where nothing else tells how long others waited


def test_a_flag_that_is_set_already_is_no_poll() -> None:
    process = record((Set("stop"), Poll("stop", 0.1), Work(0.05)))
    assert not len(process.table("waits"))
