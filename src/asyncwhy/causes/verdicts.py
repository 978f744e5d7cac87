"""The verdict: what the run turned out to be, in one sentence, and why."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from asyncwhy.analysis import lateness
from asyncwhy.analysis.facts import Facts, ProcessFacts
from asyncwhy.analysis.replay import Replay
from asyncwhy.analysis.schedule import Nodes
from asyncwhy.analysis.timeline import Bools
from asyncwhy.causes import endings
from asyncwhy.causes.draft import Draft, Run
from asyncwhy.causes.holding import merged
from asyncwhy.causes.requests import by_connection
from asyncwhy.causes.runtimes import is_node, threads_reason
from asyncwhy.causes.seconds import seconds
from asyncwhy.causes.waiting import closing_tasks, critical_reason, overlap_reason
from asyncwhy.model import Concurrency, Finding, Verdict

#: "Near 1": tasks that overlap for a fifth of their time are no longer one after another.
SERIAL = 1.2
#: The replay must reach this much more concurrency for the tasks to be ones that could have overlapped.
BETTER = 1.2
#: "Most of the time": others were ready, or everything stood still, for half of it.
MOST = 0.5
#: Beyond so many nodes (a third of a second) the unchanged run is simulated only to compare it with another.
SIMULATED = 200_000
#: Fewer requests than this say nothing about how a server is asked.
FEW_REQUESTS = 3
#: A request's last steps (its log, its clean-up) may follow the answer, to which the next comes at once.
OVERLAP_S = 0.005
#: A loop that ran for less than this, without any wait, shows nothing (5 ms).
LITTLE_S = 0.005


@dataclass(frozen=True)
class Judgement:
    """The verdict with its sentence."""

    verdict: Verdict
    reason: str
    explanation: tuple[str, ...]
    concurrency: Concurrency


def judge(
    facts: Facts, run: Run, drafts: list[Draft], findings: tuple[Finding, ...], together: dict[int, Replay]
) -> Judgement:
    """The verdict on a run with these findings; of one that was cut short, its sentence says that first."""
    judged = _judged(facts, run, drafts, findings, together)
    early = endings.early(facts)
    then = "" if judged.verdict is Verdict.UNKNOWN else "until then, "
    return replace(judged, reason=f"it {early}; {then}{judged.reason}") if early else judged


def _judged(
    facts: Facts, run: Run, drafts: list[Draft], findings: tuple[Finding, ...], together: dict[int, Replay]
) -> Judgement:
    concurrency = _concurrency(facts, together)
    if not findings and any(process.process.meta.get("failures") for process in facts.processes):
        told: tuple[str, ...] = (
            "What it had seen by then shows nothing wrong; the program itself was not touched.",
        )
        return Judgement(Verdict.UNKNOWN, "asyncwhy's agent failed and took itself out", told, concurrency)
    if not facts.loops and not findings:
        return Judgement(Verdict.UNKNOWN, *_no_loop(facts), concurrency)
    if not findings and any("is not installed" in reason for _, reason in run.source.unread()):
        told = ("Its awaits could not be judged.", "try: pip install 'asyncwhy[node]'")
        return Judgement(Verdict.UNKNOWN, "nothing here reads the program's language", told, concurrency)
    if not findings:
        if _little(facts):
            told = ("A loop ran, and nothing in it ever waited.", "try: a run that does some real work")
            return Judgement(Verdict.UNKNOWN, "too little happened to tell", told, concurrency)
        return Judgement(Verdict.ASYNCHRONOUS, *_healthy(facts, run), concurrency)
    stopped = max((_stopped_share(process, drafts) for process in facts.processes), default=0.0)
    serial = concurrency.achieved <= SERIAL and concurrency.possible >= BETTER * max(
        concurrency.achieved, 1.0
    )
    verdict = Verdict.NOT_ASYNCHRONOUS if serial or stopped >= MOST else Verdict.PARTLY
    return Judgement(verdict, _reason(facts, drafts, serial), threads_reason(facts), concurrency)


def _concurrency(facts: Facts, together: dict[int, Replay]) -> Concurrency:
    looping = [process for process in facts.processes if process.line.loops]
    achieved = [
        process.baseline if together or len(process.nodes.start) <= SIMULATED else process.measured
        for process in looping
    ]
    possible = [
        together.get(process.process.index, before) for process, before in zip(looping, achieved, strict=True)
    ]
    return Concurrency(_mean(achieved), max(_mean(possible), _mean(achieved)))


def _mean(replays: list[Replay]) -> float:
    in_flight = sum(replay.in_flight_s for replay in replays)
    return sum(replay.progress_s for replay in replays) / in_flight if in_flight > 0 else 0.0


def _stopped_share(process: ProcessFacts, drafts: list[Draft]) -> float:
    """The share of the busiest loop's time in which findings held it and somebody was ready, or in which
    calls that only wait, or that never ended, held it, whoever was there."""
    most = 0.0
    for thread in process.line.loop_threads():
        own = [one for one in drafts if one.facts is process and one.thread == thread and one.spans]
        spans = [span for one in own for span in one.spans]
        waits = [
            span
            for one in own
            if one.cause == "blocking-call" or (one.worth and one.computes)
            for span in one.spans
        ]
        active = process.loop_s
        if not spans or active <= 0:
            continue
        hurt = lateness.waited_while(process.line, thread, merged(spans))
        held = float(np.diff(merged(waits)).sum()) if waits else 0.0
        most = max(most, hurt / active, held / active)
    return most


def _no_loop(facts: Facts) -> tuple[str, tuple[str, ...]]:
    if not facts.processes:
        return "the program did not let the agent in", (
            "asyncwhy watches Python and Node.js programs from inside; none below this command told it anything.",
            "It cannot look into python -I, -E or -S, nor into interpreters older than 3.9 (Node.js: 18).",
        )
    if all(is_node(process) for process in facts.processes):
        return f"the program ended after {seconds(facts.wall_s)} without anything asynchronous", (
            "No async function, timer or callback ran.",
            "try: a run that does some real work",
        )
    return f"the program ended after {seconds(facts.wall_s)} without starting a loop", (
        "asyncwhy watches asyncio and trio event loops; none was started.",
        "try: asyncwhy run -m yourpackage   (a module, not a file)",
    )


def _little(facts: Facts) -> bool:
    return all(
        process.loop_s < LITTLE_S and not len(process.process.table("waits")) and not process.jobs
        for process in facts.processes
    )


def _healthy(facts: Facts, run: Run) -> tuple[str, tuple[str, ...]]:
    process = max(facts.processes, key=lambda one: one.measured.progress_s)
    peak = peak_in_flight(process)
    longest = longest_task(process)
    requests = answered_one_by_one(process)
    if requests:
        reason = f"it was asked one thing at a time: at most one of {requests} requests was in flight"
    elif peak >= 2:
        reason = f"{peak} tasks waited at the same time"
    else:
        reason = "its task never stopped the event loop for long"
    if facts.endless or len(facts.processes) > 1:
        told = ["nobody had to wait for the event loop"]
    else:
        told = [f"its longest task alone takes {seconds(longest)}"]
    why = overlap_reason(run, process) if peak >= 2 and not requests else None
    if why:
        told.append(why)
    length = None if facts.endless else critical_reason(run, process)
    if length:
        told.append(length)
    return reason, (*told, *threads_reason(facts))


def answered_one_by_one(process: ProcessFacts) -> int:
    """How many requests a server answered, if it never had two of them at once; else 0.

    Requests are tasks that a connection made, when it came or brought data, all of one function.
    """
    line = process.line
    nodes = process.nodes
    inside: dict[str, list[tuple[float, float]]] = {}
    first, last = first_and_last(nodes)
    for task in line.tasks.values():
        if (
            task.parent
            or task.number not in first
            or task.code is None
            or _at_loops_start(process, task.created)
            or not by_connection(process, task)
        ):
            continue
        site = task.code.site
        inside.setdefault(f"{site.file}:{site.line}", []).append((first[task.number], last[task.number]))
    asked = max(inside.values(), key=len, default=[])
    spans = sorted(asked)
    apart = all(before[1] <= after[0] + OVERLAP_S for before, after in zip(spans, spans[1:], strict=False))
    return len(spans) if len(spans) >= FEW_REQUESTS and apart else 0


def first_and_last(nodes: Nodes) -> tuple[dict[int, float], dict[int, float]]:
    """When each task began to run and when it ended, by its number."""
    own = np.flatnonzero(nodes.is_task)
    refs = nodes.ref[own].tolist()
    first = dict(zip(reversed(refs), nodes.start[own][::-1].tolist(), strict=True))
    return first, dict(zip(refs, nodes.end[own].tolist(), strict=True))


def _at_loops_start(process: ProcessFacts, time: float) -> bool:
    """Whether something was made outside a running loop: the main task of `asyncio.run`."""
    return not any(run.start <= time <= run.until(process.line.ended) for run in process.line.loops)


def peak_in_flight(process: ProcessFacts) -> int:
    """The most tasks that made progress at any one time: ran, or awaited something outside."""
    nodes = process.nodes
    task = nodes.is_task & ~_closing(process)
    outside = task & nodes.continues & (nodes.waits_job | ~np.isnan(nodes.delay)) & ~nodes.polling
    starts = np.concatenate((nodes.end[nodes.previous[outside]], nodes.start[task]))
    ends = np.concatenate((nodes.release[outside], nodes.end[task]))
    if not len(starts):
        return 0
    times = np.concatenate((starts, ends))
    steps = np.concatenate((np.ones(len(starts)), -np.ones(len(ends))))
    order = np.lexsort((steps, np.round(times, 5)))  # an end before a begin at the same moment
    return int(np.cumsum(steps[order]).max())


def longest_task(process: ProcessFacts) -> float:
    """Seconds that the task with the most running and outside waiting of its own needs alone."""
    nodes = process.nodes
    own = nodes.is_task & ~_closing(process)
    if not own.any():
        return 0.0
    outside = np.where(nodes.waits_job, nodes.release - nodes.end[nodes.previous], np.nan_to_num(nodes.delay))
    needed = nodes.run + np.where(nodes.continues & ~nodes.polling, outside, 0.0)
    _, task = np.unique(nodes.ref[own], return_inverse=True)
    return float(np.bincount(task, needed[own]).max())


def _closing(process: ProcessFacts) -> Bools:
    """Which nodes are of asyncio's own tasks, which shut a loop down when the program's are done."""
    found: Bools = np.isin(process.nodes.ref, closing_tasks(process))
    return found


def _reason(facts: Facts, drafts: list[Draft], serial: bool) -> str:
    draft = max(drafts, key=lambda draft: draft.cost_s or 0.0)
    process = draft.facts
    if draft.spans and draft.cause not in ("loop-saturated", "loop-misconfigured"):
        tasks = {
            piece.ref for piece in process.pieces if piece.thread == draft.thread and _in(piece.start, draft)
        }
        tasks = {ref for ref in tasks if ref in process.line.tasks}
        if serial and len(tasks) > 1:
            return f"{len(tasks)} tasks ran one after another"
        held = sum(one.cost_s or 0.0 for one in drafts if one.spans and one.facts is process)
        whole = process.loop_s or facts.wall_s
        return f"the event loop was stopped for {seconds(min(held, whole))} of {seconds(whole)}"
    return draft.words.headline.replace("`", "")


def _in(time: float, draft: Draft) -> bool:
    return any(low <= time < high for low, high in draft.spans)
