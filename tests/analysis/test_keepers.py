"""Who kept the GIL: who computed while the sampler could not wake; threads that pass it round, or need none, did not."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import pytest

from asyncwhy.analysis.holds import Samples
from asyncwhy.analysis.jobs import Job
from asyncwhy.analysis.keepers import keepers

LOOP = 1
TICK = 0.005


@dataclass(frozen=True)
class Ran:
    """What one thread did before the late tick: seconds on the CPU, and in the system's queue."""

    cpu: float
    queued: float = 0.0
    idle_before: float = 0.0  # it had nothing to do at the ticks before, for so long


def sampled(ran: Ran, late: float, end: float) -> Samples:
    """The thread at the tick before, and at the late one."""
    before = end - late - (ran.idle_before or TICK)
    zero = [0.0, 0.0]
    return Samples(
        first=np.array([before, end]),
        last=np.array([before, end]),
        cpu_first=np.array([0.0, ran.cpu]),
        cpu_last=np.array([0.0, ran.cpu]),
        late=np.array([0.0, late]),
        delay=np.array([0.0, ran.queued]) if ran.queued else np.array(zero),
        stack=np.array([7, 8]),
        count=np.array([1, 1]),
    )


def kept(threads: dict[int, Ran], late: float, jobs: tuple[Job, ...] = ()) -> dict[int, float]:
    """Seconds for which each thread is told to have kept the GIL; the loop's thread had been idle."""
    end = 3.0
    samples = {number: sampled(ran, late, end) for number, ran in threads.items()}
    samples[LOOP] = sampled(Ran(0.0), late, end)
    timeline = SimpleNamespace(process=SimpleNamespace(meta={}), threads={})
    pieces = keepers(timeline, samples, jobs, {LOOP})
    spans = sorted((piece.start, piece.end) for piece in pieces)
    assert all(one[1] <= other[0] + 1e-9 for one, other in zip(spans, spans[1:], strict=False))
    return {piece.thread: piece.length for piece in pieces}


def job(worker: int, start: float, end: float, cpu: float) -> Job:
    return Job(worker, 1, 0, 0, 0, LOOP, start, start, end, worker, cpu)


def test_one_native_call_kept_it() -> None:
    assert kept({2: Ran(0.3)}, 0.295) == {2: pytest.approx(0.3, abs=0.01)}


def test_a_core_that_the_machine_took_away_is_part_of_the_call() -> None:
    assert kept({2: Ran(0.2, queued=0.1)}, 0.295) == {2: pytest.approx(0.3, abs=0.01)}


@pytest.mark.parametrize("threads", [2, 4, 8])
@pytest.mark.parametrize("late", [0.02, 0.1])
def test_threads_that_pass_it_round_did_not_keep_it(threads: int, late: float) -> None:
    ran = {number: Ran(late / threads, queued=late / 2) for number in range(2, 2 + threads)}
    assert kept(ran, late) == {}


def test_calls_that_need_no_gil_compute_at_once() -> None:
    assert kept({2: Ran(0.2), 3: Ran(0.2)}, 0.2) == {}


def test_waiting_for_a_core_is_not_keeping() -> None:
    assert kept({number: Ran(0.01, queued=0.07) for number in range(2, 40)}, 0.08) == {}
    assert kept({2: Ran(0.01, queued=0.19)}, 0.2) == {}


def test_a_worker_that_was_idle_before_kept_it() -> None:
    late = kept({2: Ran(0.3, idle_before=1.0)}, 0.3, (job(2, 2.7, 3.0, 0.3),))
    assert late == {2: pytest.approx(0.3, abs=0.01)}


def test_what_it_computed_long_before_is_another_matter() -> None:
    earlier = job(2, 2.0, 2.2, 0.2)
    assert kept({2: Ran(0.21, idle_before=1.0)}, 0.2, (earlier, job(2, 2.85, 3.0, 0.01))) == {}


def test_several_kept_it_one_after_another() -> None:
    jobs = (job(2, 2.1, 2.4, 0.3), job(3, 2.4, 2.7, 0.3), job(4, 2.7, 3.0, 0.3))
    each = pytest.approx(0.3, abs=0.01)
    ran = {number: Ran(0.3, idle_before=1.0) for number in (2, 3, 4)}
    assert kept(ran, 0.9, jobs) == {2: each, 3: each, 4: each}


def test_one_that_is_idle_again_is_known_by_its_job() -> None:
    jobs = (job(2, 2.1, 2.4, 0.3), job(3, 2.4, 2.7, 0.3), job(4, 2.7, 3.0, 0.3))
    ran = {number: Ran(0.3, idle_before=1.0) for number in (3, 4)}
    assert set(kept(ran, 0.9, jobs)) == {3, 4}


def test_the_loops_own_thread_is_not_told_here() -> None:
    samples = {LOOP: sampled(Ran(0.3), 0.3, 3.0)}
    timeline = SimpleNamespace(process=SimpleNamespace(meta={}), threads={})
    assert keepers(timeline, samples, (), {LOOP}) == []
