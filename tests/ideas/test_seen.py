"""What a run showed of an idea: its own figures, lines and findings, and nothing that it did not show."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest

from asyncwhy.ideas import IDEAS, seen
from asyncwhy.model import (
    Concurrency,
    Handoff,
    Pace,
    Parallelism,
    Placement,
    Report,
    Role,
    Site,
    State,
    Thread,
)
from asyncwhy.render import explained
from asyncwhy.render.page import Style
from tests.render.made_up_reports import (
    BLOCKING,
    HEALTHY,
    REPORTS,
    SICK,
    THREADS,
    UNKNOWN,
    hostile,
    lane,
    loop,
)

NOTHING = replace(UNKNOWN, threads=(), parallelism=Parallelism(0.0, 0.0, 0))
NO_FINDING = "No finding of this run concerns it."


def told(slug: str, report: Report) -> str:
    return " ".join(seen(slug, report))


@pytest.mark.parametrize("slug", IDEAS)
class TestEveryIdea:
    @pytest.mark.parametrize("name", REPORTS)
    def test_tells_something_of_every_run_in_whole_sentences(self, slug: str, name: str) -> None:
        sentences = seen(slug, REPORTS[name])
        assert sentences
        assert all(sentence.endswith((".", ":", "asyncwhy report --format json")) for sentence in sentences)
        assert "nan" not in told(slug, REPORTS[name])

    def test_a_run_without_anything_is_told_as_such(self, slug: str) -> None:
        assert "o " in told(slug, NOTHING)
        assert any(word in told(slug, NOTHING) for word in ("No ", "no ", "Nothing"))

    def test_is_a_pure_function(self, slug: str) -> None:
        assert seen(slug, THREADS) == seen(slug, THREADS)

    def test_names_from_outside_stay_inside(self, slug: str) -> None:
        report = hostile("\x1b[31mred\u202e")
        text = explained.run_of_idea(report, seen(slug, report), Style(80))
        found = [letter for letter in text if unicodedata.category(letter) in ("Cc", "Cf") and letter != "\n"]
        assert found == []


def test_findings_have_the_numbers_of_the_report() -> None:
    dear = replace(BLOCKING, cause="gil-held", cost_s=9.0, headline="one native call")
    report = replace(SICK, findings=(BLOCKING, dear))
    assert seen("event-loop", report)[-2:] == (
        "Finding 1, gil-held at 003_ex2.py:6: one native call (9.00 s, 3 times).",
        "Finding 2, blocking-call at 003_ex2.py:6: `time.sleep` stops the event loop (6.00 s, 3 times).",
    )
    assert seen("executor", report)[-1] == NO_FINDING
    many = replace(SICK, findings=(BLOCKING,) * 5)
    assert seen("event-loop", many)[-1] == "2 more findings concern it."


class TestEventLoop:
    def test_one(self) -> None:
        text = told("event-loop", SICK)
        assert "A loop of asyncio ran on MainThread: 12 steps that took 6.00 s in all" in text
        assert "longest step took 3.00 s" in text

    def test_several_the_busiest_first(self) -> None:
        loops = tuple(replace(loop(0.1), thread=f"T{i}", steps=i) for i in range(5))
        sentences = seen("event-loop", replace(HEALTHY, loops=loops))
        assert sentences[0] == "5 event loops ran; the busiest:"
        assert [text.split()[6].rstrip(":") for text in sentences if text.startswith("A loop")] == [
            "T4",
            "T3",
            "T2",
        ]

    def test_none(self) -> None:
        assert seen("event-loop", UNKNOWN) == ("No event loop ran in it, so there is nothing to tell.",)


class TestTask:
    def test_the_longest_is_one_that_started_no_others(self) -> None:
        text = told("task", SICK)
        assert "4 tasks of the program's own ran: `async_wrapper` x 3 and `main`." in text
        assert (
            "The longest, Task-4 (3), lasted 6.00 s: it ran for 3.00 s and was ready and not taken up for 3.00 s."
            in text
        )

    def test_a_parent_alone(self) -> None:
        alone = replace(SICK.schedule, lanes=SICK.schedule.lanes[:1])
        assert "The longest, Task-1, lasted 6.00 s" in told("task", replace(SICK, schedule=alone))

    def test_another_one_waited_for_its_turn(self) -> None:
        lanes = (lane("A", (0.0, 6.0, State.AWAITING)), lane("B", (0.0, 2.0, State.READY)))
        report = replace(SICK, schedule=replace(SICK.schedule, lanes=lanes))
        assert "B was ready for 2.00 s before its turns came." in told("task", report)

    def test_folded_tasks_are_counted(self) -> None:
        assert "40 tasks of the program's own ran" in told("task", THREADS)


class TestConcurrency:
    def test_both_figures(self) -> None:
        text = told("concurrency", replace(SICK, pace=Pace(0.0, 1.0, 5.0)))
        assert "1.0 made progress on average; without the findings it would be 2.0." in text
        assert "40 ms of CPU in 6.01 s, so 0.0 of 8 cores on average. It hardly computed" in text
        assert "waited 5.00 s in all" in text

    def test_full_cores(self) -> None:
        full = replace(HEALTHY, parallelism=Parallelism(4.0, 2.0, 2), concurrency=Concurrency(2.0, 2.0))
        assert "The cores were full" in told("concurrency", full)
        assert "without the findings" not in told("concurrency", full)


class TestExecutor:
    def test_jobs_with_their_senders_and_queues(self) -> None:
        text = told("executor", THREADS)
        assert "92 jobs went to pools." in text
        assert (
            "`resize` ran 40 times on asyncio_0..3, 1.92 s in all, sent there by `asyncio.to_thread` "
            "at app.py:33 in handle. 36 of them waited for a worker, 0.48 s on average."
        ) in text
        assert "`getaddrinfo` ran 12 times" in text
        assert "None waited for a worker." in text
        assert "Finding 1, pool-saturated at app.py:33" in text

    def test_a_thread_of_the_programs_own_is_no_job(self) -> None:
        site = Site("app.py", 5, 1, "start")
        own = Placement(
            "serve", "app.py", 9, ("T",), 1, 1.0, "threading.Thread.start", Handoff(site, ()), "by hand"
        )
        thread = Thread("T", 99, 1, Role.USER, site, 0.1)
        report = replace(HEALTHY, placements=(own,), threads=(*HEALTHY.threads, thread))
        assert "It sent no job to a pool" in told("executor", report)
        assert "`serve` ran once on T, 1.00 s in all" in told("threads", report)

    def test_of_processes_the_queue_is_not_known(self) -> None:
        job = Placement(
            "f", "a.py", 1, ("a worker process",), 6, 1.2, "submit", Handoff(Site("a.py", 7, 1, "g"), ()), ""
        )
        assert seen("executor", replace(HEALTHY, placements=(job,)))[1] == (
            "`f` ran 6 times in a worker process, 1.20 s in all from call to result, sent there at a.py:7 in g."
        )

    def test_a_loop_in_a_worker_is_a_job_and_its_task_is_none(self) -> None:
        sent = Handoff(Site("a.py", 15, 1, "main"), ())
        job = Placement("rate", "a.py", 9, ("w_0",), 4, 1.2, "asyncio.to_thread", sent, "")
        task = replace(job, function="request", run_s=0.1)
        schedule = replace(HEALTHY.schedule, lanes=(lane("Task-2 request", (0.0, 1.0, State.AWAITING)),))
        loops = (replace(loop(0.1), thread="w_0"),)
        report = replace(HEALTHY, placements=(job, task), loops=loops, schedule=schedule)
        assert "4 jobs went to pools. `rate`" in told("executor", report)
        assert "On w_0, where a loop runs: `request`." in told("threads", report)


class TestThreads:
    def test_nothing_was_sent(self) -> None:
        assert seen("threads", HEALTHY) == (
            "Everything ran on MainThread. Nothing was sent to another thread.",
            NO_FINDING,
        )

    def test_every_placement_with_who_sent_it_and_why(self) -> None:
        text = told("threads", THREADS)
        assert "11 threads ran the program's code." in text
        assert "On MainThread, where a loop runs: `main` and `fetch`." in text
        assert "at app.py:18 in fetch: asyncio, for you." in text

    def test_more_than_can_be_told(self) -> None:
        one = THREADS.placements[2]
        many = tuple(replace(one, function=f"f{i}") for i in range(9))
        assert "3 more were sent elsewhere" in told("threads", replace(THREADS, placements=many))


class TestContextSwitching:
    def test_steps_and_trips(self) -> None:
        loops = (replace(loop(0.1), steps=20_000, held_s=0.2),)
        text = told("context-switching", replace(THREADS, loops=loops))
        assert "20,000 steps in 4.52 s, 4,425 a second; a step lasted 0.01 ms on average." in text
        assert "92 jobs went to another thread or process and back, and ran for 68 ms on average." in text
        assert "Beside the loop, 10 other threads used 5.00 s of CPU." in text

    def test_jobs_that_are_shorter_than_their_trip(self) -> None:
        short = tuple(replace(one, run_s=one.count * 2e-6) for one in THREADS.placements)
        assert "no longer than the trip itself may take" in told(
            "context-switching", replace(THREADS, placements=short)
        )

    def test_none(self) -> None:
        assert told("context-switching", UNKNOWN).startswith("No event loop took a step in it. No job went")


class TestChannels:
    def test_a_finding(self) -> None:
        found = replace(BLOCKING, cause="serial-dispatch")
        assert seen("channels-and-actors", replace(SICK, findings=(found,)))[0].startswith(
            "Finding 1, serial-dispatch"
        )

    def test_none_is_no_proof_that_there_is_no_queue(self) -> None:
        assert seen("channels-and-actors", SICK) == (
            "No serial-dispatch, concurrency-limit, serialised-by-lock or self-wait was found.",
            "A queue that made nobody wait is not in a report, so whether the program has one cannot be told from it.",
        )
