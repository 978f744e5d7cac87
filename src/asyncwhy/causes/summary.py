"""The parts of a report that are facts and no judgement."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from asyncwhy.analysis.facts import Facts, ProcessFacts
from asyncwhy.analysis.replay import Replay
from asyncwhy.causes import endings, lanes, libraries
from asyncwhy.causes.inside import ran_code, serves_library
from asyncwhy.model import Loop, Parallelism, Program, Report, Role, Schedule, Site, Thread, Unseen
from asyncwhy.source import PythonSource

#: Lines of source around each site that renderers may show.
AROUND = 2
#: What other frameworks bring with them says nothing about the program.
BENEATH = ("anyio", "asgiref")
#: What runs loops was used only where one of them was its own.
LOOPS = ("trio", "uvloop")
#: The agent's cost is mentioned from this share of the run on.
NOTABLE = 0.02


def program(facts: Facts) -> Program:
    """What was observed."""
    metas = [process.process.meta for process in facts.processes]
    versions = sorted({str(meta.get("version", "")) for meta in metas})
    loops = {run.implementation.partition(".")[0] for run in facts.loops} - {"libuv"}
    used = {name for process in facts.processes for name in libraries.used(process)} - loops
    frameworks = [*sorted(loops), *(name for name in sorted(used) if name not in (*BENEATH, *LOOPS))]
    return Program(
        argv=tuple(facts.trace.run.get("shown") or facts.trace.run.get("command", ())),
        runtime=runtime_of(facts),
        runtime_version=", ".join(versions),
        frameworks=tuple(frameworks),
        exit_code=facts.trace.run.get("exit_code"),
        processes=len(facts.processes),
        exception=endings.exception(facts),
    )


def runtime_of(facts: Facts) -> str:
    """What runs the program: that of most processes that had a loop, of all where none had."""
    looping = [process for process in facts.processes if process.line.loops] or facts.processes
    names = [str(process.process.meta.get("runtime", "python")) for process in looping]
    return max(sorted(set(names)), key=names.count, default="python")


def parallelism(facts: Facts) -> Parallelism:
    """CPU seconds of the run's processes, without the agent's own."""
    cpu = sum(_cpu(process) for process in facts.processes)
    cores = max((process.cores for process in facts.processes), default=1)
    return Parallelism(cpu, cpu / facts.wall_s if facts.wall_s > 0 else 0.0, cores)


def _cpu(process: ProcessFacts) -> float:
    meta = process.process.meta
    if "process_cpu" in meta:
        own = meta.get("sampler_cpu", 0) + meta.get("start_cpu", 0)
        return max(float(meta["process_cpu"] - own) / 1e9, 0.0)
    return sum(float(own.cpu_last.max()) for own in process.samples.values() if len(own.cpu_last))


def loops(facts: Facts) -> tuple[Loop, ...]:
    """Each loop with its holds and its lag; the runs of one loop are one row."""
    made = []
    for process in facts.processes:
        line = process.line
        runs = defaultdict(list)
        for run in line.loops:
            runs[run.loop, run.thread].append(run)
        for (_, thread), own in runs.items():
            inside = np.zeros(len(line.start), bool)
            for run in own:
                inside |= (
                    (line.thread == thread)
                    & (line.start >= run.start)
                    & (line.start <= run.until(line.ended))
                )
            length = (line.end - line.start)[inside]
            lag = line.late[inside]
            total = sum(run.until(line.ended) - run.start for run in own)
            held = float(length.sum())
            made.append(
                Loop(
                    thread=line.thread_name(thread),
                    process=process.pid,
                    implementation=own[0].implementation,
                    steps=int(inside.sum()),
                    held_s=held,
                    longest_hold_s=float(length.max()) if len(length) else 0.0,
                    lag_p50_s=float(np.percentile(lag, 50)) if len(lag) else 0.0,
                    lag_p99_s=float(np.percentile(lag, 99)) if len(lag) else 0.0,
                    idle_s=max(total - held, 0.0),
                )
            )
    return tuple(made)


def threads(facts: Facts) -> tuple[Thread, ...]:
    """Every thread that was seen, with who started it."""
    made = []
    for process in facts.processes:
        line = process.line
        loop_threads = set(line.loop_threads())
        for fact in line.threads.values():
            samples = process.samples.get(fact.number)
            cpu = fact.cpu_s
            if cpu is None:
                cpu = float(samples.cpu_last.max()) if samples is not None and len(samples.cpu_last) else 0.0
            made.append(
                Thread(
                    name=fact.name,
                    os_id=fact.os_id,
                    process=process.pid,
                    role=_role(process, fact.number, loop_threads),
                    started_by=process.origins.user_site(process.stack(fact.stack)),
                    cpu_s=cpu,
                    ran_code=ran_code(process, fact.number),
                )
            )
    return tuple(made)


def roles(process: ProcessFacts) -> dict[int, str]:
    """What each thread of a process is for, by its number."""
    loop_threads = set(process.line.loop_threads())
    return {number: _role(process, number, loop_threads).value for number in process.line.threads}


def _role(process: ProcessFacts, number: int, loop_threads: set[int]) -> Role:
    if number in loop_threads:
        return Role.EVENT_LOOP
    target = process.line.threads[number].target
    if target is None:
        return Role.USER
    file, function = target.site.file, target.site.function
    if function == "_worker" and file.endswith("concurrent/futures/thread.py"):
        return Role.POOL_WORKER
    if function.endswith("run") and file.endswith("/anyio/_backends/_asyncio.py"):
        return Role.POOL_WORKER
    if file.endswith("/trio/_core/_thread_cache.py"):
        return Role.POOL_WORKER
    return Role.RUNTIME if serves_library(process, number) else Role.USER


def unseen(facts: Facts, faults: Sequence[str] = ()) -> Unseen:
    """What watching cost, and what was missed."""
    dropped = 0
    agent = 0.0
    notes: list[str] = [*facts.trace.run.get("notes", ()), *faults]
    steps = 0
    for process in facts.processes:
        meta = process.process.meta
        dropped += int(meta.get("dropped", 0))
        steps = len(process.line.start)
        agent += (
            meta.get("sampler_cpu", 0) + meta.get("start_cpu", 0) + meta.get("step_cost", 0) * steps
        ) / 1e9
        pid = process.pid
        notes.extend(f"the agent took itself out of process {pid}: {one}" for one in meta.get("failures", ()))
        notes.extend(f"not observed in process {pid}: {one}" for one in meta.get("missing", ()))
        if meta.get("skipped_waits"):
            notes.append(
                f"{meta['skipped_waits']} waits of process {process.pid} were counted but not looked at"
            )
        if "left_by" not in meta:
            notes.append(f"process {process.pid} was ended from outside: what it did last may be missing")
        if meta.get("refused"):
            notes.append(f"{meta['refused']} names and stacks of process {pid} were more than are kept")
    if not facts.trace.ended:
        notes.append("the recording itself was cut short")
    recorders = {str(process.process.meta.get("recorder", "python")) for process in facts.processes}
    recorder = recorders.pop() if len(recorders) == 1 else "mixed" if recorders else ""
    return Unseen(dropped, agent, tuple(notes), recorder)


def schedule(facts: Facts, together: dict[int, Replay]) -> Schedule:
    """The lanes as the run went, and as the replay has them."""
    real: list[lanes.Lane] = []
    replayed: list[lanes.Lane] = []
    for process in facts.processes:
        real.extend(lanes.recorded(process))
        if process.process.index in together:
            replayed.extend(lanes.replayed(process, together[process.process.index]))
    return Schedule(tuple(real), tuple(replayed))


def with_sources(report: Report, source: PythonSource) -> Report:
    """The report with the lines that its sites stand on, those near them, and the `def` around them."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for site in _sites(report):
        wanted[site.file].update(range(site.line - AROUND, site.line + AROUND + 1))
        function = source.function_at(site.file, site.line)
        if function is not None:
            wanted[site.file].add(function.line)
    texts = {}
    for file, lines in wanted.items():
        got = {number: source.line(file, number) for number in sorted(lines) if number > 0}
        kept = {number: text for number, text in got.items() if text is not None}
        if kept:
            texts[file] = kept
    return replace(report, sources=texts)


def _sites(report: Report) -> list[Site]:
    made: list[Site] = []
    for finding in report.findings:
        made.append(finding.site)
        made.extend(related.site for related in finding.related)
        made.extend(victim.site for victim in finding.victims[:5])
        if finding.started_by:
            made.append(finding.started_by)
        if finding.inside_library and finding.stack:
            made.append(finding.stack[0])
    made.extend(placement.sent_by.site for placement in report.placements if placement.sent_by)
    return made
