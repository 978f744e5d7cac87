"""When jobs began and what they queued for, on made-up jobs."""

from __future__ import annotations

from asyncwhy.analysis.jobs import Job, Pool, begin_elsewhere, find_queued, queued_spans


def job(submitted: float, end: float, start: float | None = None, task: int = 1) -> Job:
    return Job(1, 1, task, 0, 0, 0, submitted, start=start, end=end)


def pool(kind: str, workers: int) -> dict[int, Pool]:
    return {1: Pool(1, kind, workers, "", 0)}


def test_processes_take_their_jobs_in_order() -> None:
    jobs = [job(0.0, 1.0), job(0.0, 1.1), job(0.1, 2.0), job(0.2, 2.1)]
    begin_elsewhere(jobs, pool("ProcessPoolExecutor", 2))
    assert [one.start for one in jobs] == [0.0, 0.0, 1.0, 1.1]
    assert sum(one.run_s for one in jobs) < 2 * 2.1 + 1e-9  # no more than two processes have


def test_the_start_of_a_job_in_a_thread_is_the_one_that_was_seen() -> None:
    jobs = [job(0.0, 1.0, start=0.3)]
    begin_elsewhere(jobs, pool("ThreadPoolExecutor", 1))
    assert jobs[0].start == 0.3


def test_a_job_for_which_a_worker_was_free_did_not_queue() -> None:
    jobs = [job(0.0, 1.0, start=0.0), job(0.1, 1.2, start=0.4), job(0.2, 1.5, start=1.0)]
    find_queued(jobs, pool("ThreadPoolExecutor", 2))
    assert [one.queued_s for one in jobs] == [0.0, 0.0, 0.8]  # the second waited for its thread to be started


def test_a_worker_that_is_free_again_is_taken_by_none() -> None:
    jobs = [job(0.0, 1.0, start=0.0), job(1.0, 2.0, start=1.0)]
    find_queued(jobs, pool("ThreadPoolExecutor", 1))
    assert not any(one.behind for one in jobs)


def test_stretches_in_which_jobs_of_a_task_queued_are_disjoint() -> None:
    jobs = [
        job(0.0, 3.0, start=1.0, task=7),
        job(0.5, 3.0, start=1.5, task=7),
        job(2.0, 3.0, start=2.5, task=7),
        job(0.0, 3.0, start=0.2, task=8),
    ]
    for one in jobs:
        one.behind = True
    spans = queued_spans(jobs)
    assert spans[7].tolist() == [[0.0, 1.5], [2.0, 2.5]]
    assert spans[8].tolist() == [[0.0, 0.2]]
