"""Rules of the terminal verdict: nothing too wide, nothing dangerous, no number cut, in plain words."""

from __future__ import annotations

import re
import time
import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_reports import (
    AWAITING,
    BLOCKING,
    HEALTHY,
    HOLDS,
    HUNDRED,
    PARTLY,
    READY,
    REPORTS,
    SICK,
    SICK_LINES,
    THREADS,
    UNKNOWN,
    hostile,
    lane,
)

from asyncwhy.errors import UsageError
from asyncwhy.model import Lane, Program, Report, Role, Schedule, Site, Span, State, Thread, Unseen, Verdict
from asyncwhy.render import FORMATS, render
from asyncwhy.render.page import Ink
from asyncwhy.render.text import cells
from asyncwhy.render.whichthread import fold

SGR = re.compile(r"\x1b\[(?:0|{})m".format("|".join(re.escape(ink) for ink in Ink if ink)))
NASTY = [
    "\x1b[2J",
    "\u202eevil",
    "x" * 10_000,
    "日本語" * 50,
    "🦊\u200d🦊",
    "\udcff",
    "a\u0301" * 40,
    "",
    " \t\n",
    "\x9b31m",
]
names = st.one_of(st.sampled_from(NASTY), st.text(st.characters(codec=None, categories=None), max_size=40))


def terminal(report: Report, width: int = 80, **style: bool) -> str:
    return render(report, "terminal", width=width, **style)


def assert_well_formed(text: str, width: int) -> None:
    assert text.endswith("\n")
    for line in text.removesuffix("\n").split("\n"):
        assert cells(line) <= width, line
        assert not any(unicodedata.category(character).startswith("C") for character in line), line


def words(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("width", range(40, 130, 3))
def test_no_line_is_wider_than_the_terminal(name: str, width: int) -> None:
    assert_well_formed(terminal(REPORTS[name], width), width)
    assert terminal(REPORTS[name], width, ascii=True).isascii()
    assert_well_formed(terminal(REPORTS[name], width, ascii=True), width)


@settings(max_examples=60)
@given(names, st.integers(40, 140), st.booleans())
def test_hostile_names_stay_inside(name: str, width: int, ascii: bool) -> None:  # noqa: A002
    report = hostile(name)
    assert_well_formed(terminal(report, width, ascii=ascii), width)
    coloured = render(report, "terminal", width=width, ascii=ascii, colour=True)
    assert SGR.sub("", coloured) == terminal(report, width, ascii=ascii)
    assert terminal(report, width, ascii=True).isascii()
    concise = render(report, "concise")
    assert concise.count("\n") == len(report.findings)
    assert "\x1b" not in concise


times_s = st.floats(allow_nan=True, allow_infinity=True)
spans = st.builds(Span, times_s, times_s, st.sampled_from(State))


any_lane = st.builds(
    Lane,
    names,
    st.sampled_from(["task", "thread", "pool"]),
    st.integers(1, 2),
    st.lists(spans, max_size=6).map(tuple),
    st.none() | names,
    st.integers(0, 2000),
)


@settings(max_examples=100)
@given(st.lists(any_lane, max_size=12), times_s, st.integers(40, 120))
def test_any_lanes_are_drawn_within_the_page(lanes: list[Lane], wall_s: float, width: int) -> None:
    report = replace(SICK, schedule=Schedule(tuple(lanes)), wall_s=wall_s)
    assert_well_formed(terminal(report, width), width)


@pytest.mark.parametrize("width", range(40, 121))
def test_numbers_are_never_cut(width: int) -> None:
    sick = words(terminal(SICK, width))
    for number in (
        "6.01 s",
        "3.01 s (2.0x faster)",
        "6.00 s in 3 calls",
        "003_ex2.py:6:5",
        "2.00 s, 1.00 s, 3.00 s",
    ):
        assert number in sick.replace("│ ", "")
    partly = words(terminal(PARTLY, width))
    for number in (
        "checkout.py:1088:20",
        "41.20 s in 412 calls",
        "1,204 times, 1 min 28 s",
        "connection.py:198:20",
    ):
        assert number in partly
    threads = words(terminal(THREADS, width))
    for number in ("core.py:77", "resize x 40", "1.92 s", "36 times, 0.48 s each", "0.48 s on average"):
        assert number in threads


def test_narrower_than_forty_columns_is_laid_out_for_forty() -> None:
    assert terminal(SICK, 10) == terminal(SICK, 40)


def test_colour_only_when_asked_and_never_alone() -> None:
    for report, sign, word in (
        (HEALTHY, "✓", "ASYNCHRONOUS"),
        (PARTLY, "~", "PARTLY ASYNCHRONOUS"),
        (SICK, "✗", "NOT ASYNCHRONOUS"),
        (UNKNOWN, "?", "COULD NOT TELL"),
    ):
        plain = terminal(report)
        assert "\x1b" not in plain
        assert f"\n{sign} {word}  " in plain
        assert "\x1b[" in terminal(report, colour=True)
        assert SGR.sub("", terminal(report, colour=True)) == plain


@pytest.mark.parametrize("name", REPORTS)
def test_plain_words(name: str) -> None:
    assert not re.search(r"starv|p99|p50|latency", terminal(REPORTS[name]))


def test_a_healthy_program_gets_a_positive_answer() -> None:
    text = terminal(HEALTHY)
    assert "took 2.00 s; its longest task alone takes 2.00 s" in text
    assert "WHICH THREAD?  Everything ran on MainThread. Nothing was sent to another one." in text
    assert text.endswith("Longest stop of the event loop: 0.2 ms. Nothing to fix.\n")


def test_a_librarys_own_loop_is_not_what_stopped() -> None:
    heart = Thread("heartbeat", 7, 1, Role.EVENT_LOOP, None, 0.0, ran_code=False)
    stood = replace(HEALTHY.loops[0], thread="heartbeat", longest_hold_s=3.68)
    report = replace(HEALTHY, loops=(*HEALTHY.loops, stood), threads=(*HEALTHY.threads, heart))
    assert "Longest stop of the event loop: 0.2 ms." in terminal(report)


def test_an_unknown_one_says_what_to_try_and_claims_nothing() -> None:
    text = terminal(UNKNOWN)
    assert "try: asyncwhy run -m yourpackage" in text
    assert "WHICH THREAD" not in text
    assert "Nothing to fix" not in text


# --- lanes


def lanes_of(text: str) -> list[str]:
    return [
        line for line in text.splitlines() if re.match(r"  \S.*[█░─▓·]", line) and "holds the" not in line
    ]


def with_lanes(*lanes: Lane) -> Report:
    return replace(SICK, schedule=Schedule(lanes))


def test_a_hundred_tasks_are_eight_lanes_that_show_the_staircase() -> None:
    text = terminal(HUNDRED)
    ready = [line.count("░") for line in lanes_of(text)]
    assert len(ready) == 8
    assert ready == sorted(ready)
    assert ready[0] * 4 < ready[-1]
    assert "+ 92 like Task-101" in text


def test_a_task_that_holds_far_longer_is_always_drawn() -> None:
    lanes = [lane(f"Task-{i}", (0.0, 3.0, READY), (3.0, 3.01, HOLDS)) for i in range(1000)]
    lanes[457] = lane("Task-457", (0.0, 2.0, READY), (2.0, 2.9, HOLDS))
    assert "Task-457 " in terminal(with_lanes(*lanes))


def test_folded_lanes_are_counted_once() -> None:
    text = terminal(with_lanes(lane("a", (0.0, 1.0, HOLDS), like=4), lane("b", (0.0, 1.0, HOLDS), like=992)))
    assert "+ 4 like a\n" in text
    assert "+ 992 like b\n" in text
    unlike = [lane(name * 3, (0.0, 1.0, HOLDS)) for name in "abcdefghij"]
    assert "+ 2 more tasks\n" in terminal(with_lanes(*unlike))


def test_a_parent_that_only_awaits_is_not_drawn() -> None:
    assert "Task-1 " not in terminal(SICK)
    alone = with_lanes(lane("Task-1", (0.0, 6.0, AWAITING)))
    assert "Task-1 " in terminal(alone)


@pytest.mark.parametrize("wall_s", [1e-5, 0.003, 0.04, 0.9, 1.0, 7.0, 59.0, 300.0, 86_400.0, 1e9])
def test_the_axis_has_a_few_ticks_at_any_scale(wall_s: float) -> None:
    for width in (40, 80, 120):
        report = replace(with_lanes(lane("Task-2", (0.0, wall_s, HOLDS))), wall_s=wall_s)
        axis = next(line for line in terminal(report, width).splitlines() if re.match(r" +0s", line))
        ticks = axis.split()
        assert 2 <= len(ticks) <= 13
        assert all(re.fullmatch(r"[\d,.e+]+(s|ms|min|h)", tick) for tick in ticks)


def test_a_long_wait_ends_with_the_step_that_ends_the_task() -> None:
    text = terminal(with_lanes(lane("Task-2", (0.0, 5.9, AWAITING), (5.9, 5.9001, HOLDS))))
    assert lanes_of(text)[0].endswith("─█")


# --- findings


def test_three_findings_and_how_to_see_the_rest() -> None:
    text = terminal(PARTLY)
    assert re.findall(r"^(\d)\. ([\w-]+):", text, re.MULTILINE) == [
        ("1", "blocking-call"),
        ("2", "cpu-on-loop"),
        ("3", "gil-held"),
    ]
    assert "2 more findings, 0.90 s together: asyncwhy report --format concise" in text


def test_the_underline_stands_under_what_was_measured() -> None:
    for column, end, meant in (
        (5, 25, "time.sleep(duration)"),
        (5, None, "time.sleep"),
        (0, None, "time.sleep(x)"),
    ):
        line = "    time.sleep(duration)" if column else "    time.sleep(x)"
        finding = replace(BLOCKING, site=Site("a.py", 6, column, "f", end), label="stopped")
        lines = terminal(replace(SICK, findings=(finding,), sources={"a.py": {6: line}})).splitlines()
        at = next(index for index, text in enumerate(lines) if text.endswith(line))
        start, length = lines[at + 1].index("^"), lines[at + 1].count("^")
        assert lines[at][start : start + length] == meant


def test_tabs_and_wide_characters_before_the_underline_are_measured() -> None:
    finding = replace(BLOCKING, site=Site("a.py", 6, 6, "f", 8), label="here")
    lines = terminal(replace(SICK, findings=(finding,), sources={"a.py": {6: "\tx日🦊 go"}})).splitlines()
    at = next(index for index, text in enumerate(lines) if "日" in text)
    assert cells(lines[at].split("go")[0]) == lines[at + 1].index("^")


def test_without_the_source_the_place_and_the_label_are_still_said() -> None:
    text = terminal(replace(SICK, sources={}))
    assert "--> 003_ex2.py:6:5 in slow_task_blocking" in text
    assert "the loop was stopped 2.00 s, 1.00 s, 3.00 s" in text
    assert "started by 003_ex2.py:20:21 in main" in text


def test_a_fix_that_is_not_safe_says_so_and_one_that_would_not_help_promises_nothing() -> None:
    text = terminal(SICK)
    assert "(predicted 3.02 s; changes behaviour)" in text
    assert "predicted" not in terminal(PARTLY)


def test_only_of_what_holds_the_loop_is_it_said_that_others_waited_for_it() -> None:
    holding = replace(BLOCKING, remedies=(), possible_s=None)
    assert "others waited 5.00 s for the event loop" in terminal(replace(SICK, findings=(holding,)))
    awaiting = replace(holding, cause="await-in-loop")
    assert "for the event loop" not in terminal(replace(SICK, findings=(awaiting,)))


def test_the_new_lines_of_a_fix_are_shown_whole() -> None:
    new = "result = await asyncio.to_thread(compute, " + ", ".join(f"argument_{i}" for i in range(9)) + ")"
    remedy = replace(BLOCKING.remedies[0], diff=f"--- a/a.py\n+++ b/a.py\n@@ -6 +6 @@\n-old()\n+{new}\n")
    report = replace(SICK, findings=(replace(BLOCKING, remedies=(remedy,)),))
    assert new.replace(" ", "") in terminal(report, 60).replace(" ", "").replace("\n", "")


# --- threads, notes, next


def test_which_thread_names_who_sent_it_there() -> None:
    text = words(terminal(THREADS))
    assert "11 threads ran your code." in text
    assert "asyncio_0..3 resize x 40 1.92 s asyncio.to_thread app.py:33 in handle" in text
    assert "(asyncio, for you)" in text
    assert text.count("36 waited, 0.48 s on average") == 1
    assert "pydevd" not in text


def test_a_queue_is_told_in_numbers_where_the_reason_does_not() -> None:
    jobs = replace(THREADS.placements[2], why="")
    text = words(terminal(replace(THREADS, placements=(jobs,))))
    assert "resize: 36 of 40 waited for a worker, 0.48 s on average." in text


def test_a_thread_that_no_placement_speaks_of_is_still_named() -> None:
    thread = Thread("watcher", 9, 1, Role.USER, Site("app.py", 9, 1, "main"), 0.0)
    text = words(terminal(replace(SICK, threads=(*SICK.threads, thread))))
    assert "2 threads ran your code." in text
    assert "watcher (not seen at work) Thread.start app.py:9 in main" in text


@pytest.mark.parametrize(
    ("names", "folded"),
    [
        (["asyncio_0", "asyncio_1", "asyncio_10"], "asyncio_0..10"),
        (["ThreadPoolExecutor-0_3"], "ThreadPoolExecutor-0_3"),
        (["MainThread", "w-2", "w-1"], "MainThread, w-1..2"),
        (["9" * 30, "²"], "9" * 30 + ", ²"),
    ],
)
def test_workers_of_one_pool_are_folded(names: list[str], folded: str) -> None:
    assert fold(names) == folded


def test_limits_are_told_only_when_they_matter() -> None:
    assert "note:" not in terminal(SICK)
    text = terminal(
        replace(SICK, unseen=Unseen(1204, 0.2, ("one more",)), program=replace(SICK.program, exit_code=3))
    )
    assert "note: one more\n" in text
    assert "note: 1,204 events were dropped" in text
    assert "note: watching cost about 3 % here (0.20 s in 6.01 s)" in text
    assert "note: the program exited with code 3" in text


def test_several_processes_and_loops_are_told_in_the_header() -> None:
    header = terminal(PARTLY, 120).split("\n\n")[0]
    assert "3 processes" in header
    two = replace(SICK, loops=SICK.loops * 2)
    assert "2 event loops" in terminal(two).split("\n\n")[0]


def test_next_commands_exist() -> None:
    assert terminal(SICK).rstrip().endswith("asyncwhy report")
    assert "asyncwhy explain blocking-call" in terminal(SICK)
    assert "asyncwhy fix" not in terminal(SICK)
    assert "asyncwhy explain" not in terminal(HEALTHY)


def test_an_empty_report_is_rendered_in_every_format() -> None:
    empty = replace(
        UNKNOWN,
        program=Program((), "", "", (), None, 0),
        reason="",
        threads=(),
        explanation=(),
        wall_s=0.0,
        possible_s=0.0,
    )
    for verdict in Verdict:
        for name in FORMATS:
            assert render(replace(empty, verdict=verdict), name)


def test_a_format_that_does_not_exist_is_one_clear_line() -> None:
    with pytest.raises(
        UsageError,
        match=r"no such format: 'svg' \(there are: terminal, concise, json, html, markdown, github, sarif\)",
    ):
        render(SICK, "svg")


def test_concise_is_what_editors_read() -> None:
    assert (
        render(SICK, "concise")
        == "003_ex2.py:6:5: blocking-call `time.sleep` stopped the event loop 6.00 s (3x)\n"
    )
    assert render(HEALTHY, "concise") == "000_ex1.py: asynchronous: 2 tasks waited at the same time\n"
    assert render(UNKNOWN, "concise").startswith("tool.py: unknown: the program ended after 0.04 s")


def test_a_thousand_lanes_are_fast() -> None:
    lanes = [
        lane(f"Task-{i}", *((k * 0.06, k * 0.06 + 0.05, (READY, HOLDS, AWAITING)[k % 3]) for k in range(20)))
        for i in range(1000)
    ]
    report = replace(SICK, schedule=Schedule(tuple(lanes)), sources={"003_ex2.py": SICK_LINES})
    terminal(report)
    took = []
    for _ in range(5):
        start = time.perf_counter()
        terminal(report)
        took.append(time.perf_counter() - start)
    assert min(took) < 0.3  # 30 ms is the aim; a wide margin for shared machines
