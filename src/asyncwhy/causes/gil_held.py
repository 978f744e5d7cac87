"""`gil-held`: one native call keeps the GIL; no thread can help, only a process."""

from __future__ import annotations

from functools import partial

from asyncwhy.analysis.change import Change, Cut
from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.analysis.holds import Kind
from asyncwhy.analysis.hotlines import blocked, computed
from asyncwhy.analysis.keepers import keepers
from asyncwhy.causes import holding
from asyncwhy.causes.draft import Draft, Run, Words
from asyncwhy.causes.holding import Held
from asyncwhy.causes.runtimes import in_processes
from asyncwhy.causes.seconds import seconds, several, times
from asyncwhy.causes.senders import told_sender
from asyncwhy.causes.suffering import suffering
from asyncwhy.causes.unavoidable import avoidable
from asyncwhy.model import Effects, Remedy, Safety

SLUG = "gil-held"


def find(run: Run) -> list[Draft]:
    """Holds during which the sampler could not run, by the line of the native call."""
    made: list[Draft] = []
    for facts in run.facts.processes:
        pieces = holding.long_enough(facts, holding.on_loops(facts, (Kind.BUSY, Kind.GIL)))
        groups = [group for group in computed(facts, pieces, run.reading) if group.mostly(Kind.GIL)]
        made.extend(holding.drafts(run, facts, SLUG, groups, _words, True, partial(_remedies, facts)))
        made.extend(_elsewhere(run, facts))
    return made


def _elsewhere(run: Run, facts: ProcessFacts) -> list[Draft]:
    """Native calls on other threads: they hold no loop, and still stop every one of the process."""
    loops = list(facts.line.loop_threads())
    pieces = avoidable(facts, keepers(facts.line, facts.samples, facts.jobs, set(loops)))
    made = holding.drafts(run, facts, SLUG, blocked(facts, pieces), _words, False, partial(_remedies, facts))
    for draft in made:
        spans = holding.merged(draft.spans)
        late = suffering(run, facts, [(thread, spans) for thread in loops])
        draft.victims, draft.suffering = late.victims, late
        draft.effects = Effects(late_s=late.hurt_s, cpu_s=draft.cost_s or 0.0)
        draft.change = _unheld(facts, loops, draft.spans)
        sender = (
            told_sender(run, facts, draft.thread, draft.spans[0][0])
            if _is_worker(facts, draft.thread)
            else None
        )
        draft.spans, draft.computes = [], True
        if sender is not None:
            draft.related += (sender,)
    return made


def _unheld(facts: ProcessFacts, loops: list[int], spans: list[tuple[float, float]]) -> Change | None:
    """In a process the call takes as long, but no step of a loop stands still meanwhile."""
    change = Change()
    for start, end in spans:
        for node in {facts.node_at(thread, (start + end) / 2) for thread in loops} - {-1}:
            begun = float(facts.nodes.start[node])
            offset = max(start - begun, 0.0)
            length = min(end - begun, float(facts.nodes.run[node])) - offset
            if length > 0:
                change.cuts.setdefault(node, []).append(Cut(offset, length, computes=False, takes=0.0))
    return change if change.cuts else None


def _is_worker(facts: ProcessFacts, thread: int) -> bool:
    return any(job.worker == thread for job in facts.jobs)


def _words(held: Held) -> Words:
    return Words(
        headline=f"`{held.call}` keeps the interpreter lock",
        label=f"no thread of this process could run for {several(held.lengths)}",
        message=(
            f"`{held.call}` is one native call that keeps the GIL: {times(len(held.lengths))}, "
            f"{seconds(sum(held.lengths))} in all, during which neither the event loop nor any thread of this "
            "process could run Python code."
        ),
    )


def _remedies(facts: ProcessFacts, held: Held) -> tuple[Remedy, ...]:
    return (
        Remedy(
            f"run `{held.call}` in a process: a thread would keep the loop waiting just as long "
            f"({in_processes(facts)})",
            Safety.SKETCH,
        ),
    )
