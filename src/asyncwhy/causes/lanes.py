"""The picture: what each task did when, as lanes of spans."""

from __future__ import annotations

from dataclasses import replace

from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.analysis.places import Origin
from asyncwhy.analysis.replay import Replay
from asyncwhy.analysis.timeline import Task
from asyncwhy.model import Lane, Span, State

#: Tasks drawn one by one; the further ones are counted.
MOST_TASKS = 200
#: Spans of one lane closer together than this share of the picture are drawn as one.
JOINED = 1 / 2000

__all__ = ["Lane", "recorded", "replayed"]


def recorded(facts: ProcessFacts) -> list[Lane]:
    """The lanes as the run went."""
    nodes = facts.nodes
    return _lanes(facts, nodes.release.tolist(), nodes.start.tolist(), nodes.end.tolist(), [])


def replayed(facts: ProcessFacts, replay: Replay) -> list[Lane]:
    """The lanes as the replay has them."""
    return _lanes(facts, replay.release.tolist(), replay.start.tolist(), replay.end.tolist(), replay.delays)


def _lanes(
    facts: ProcessFacts,
    release: list[float],
    start: list[float],
    end: list[float],
    delays: list[tuple[int, float, float]],
) -> list[Lane]:
    spans = _spans(facts, release, start, end, delays)
    extent = max((own[-1].end_s for own in spans.values()), default=0.0)
    ranked = sorted(spans, key=lambda ref: -(spans[ref][-1].end_s - spans[ref][0].start_s))
    drawn = sorted(ranked[:MOST_TASKS])
    made = []
    for ref in drawn:
        parent = facts.line.tasks.get(facts.line.tasks[ref].parent)
        name = _name(facts.line.tasks[ref])
        made.append(
            Lane(
                name,
                "task",
                facts.pid,
                _joined(spans[ref], extent * JOINED),
                _name(parent) if parent else None,
            )
        )
    left_out = len(ranked) - len(drawn)
    if left_out:
        made[-1] = replace(made[-1], like=left_out)
    return made


def _name(task: Task) -> str:
    return f"{task.name} {task.code.site.function.rpartition('.')[2]}" if task.code else task.name


def _spans(
    facts: ProcessFacts,
    release: list[float],
    start: list[float],
    end: list[float],
    delays: list[tuple[int, float, float]],
) -> dict[int, list[Span]]:
    """What each task of the program's own did, without gaps from its first moment to its last."""
    away: dict[int, list[tuple[float, float]]] = {}
    for node, left, back in delays:
        away.setdefault(node, []).append((left, back))
    spans: dict[int, list[Span]] = {}
    for node, ref in enumerate(facts.nodes.ref.tolist()):
        if end[node] <= 0 or not _is_own(facts, ref):
            continue
        own = spans.setdefault(ref, [])
        if own and release[node] > own[-1].end_s:
            own.append(Span(own[-1].end_s, release[node], State.AWAITING))
        if start[node] > release[node]:
            own.append(Span(release[node], start[node], State.READY))
        begun = start[node]
        for left, back in sorted(away.get(node, ())):
            own.append(Span(begun, left, State.HOLDS))
            own.append(Span(left, back, State.AWAITING))
            begun = back
        own.append(Span(begun, max(end[node], begun), State.HOLDS))
    return spans


def _is_own(facts: ProcessFacts, ref: int) -> bool:
    task = facts.line.tasks.get(ref)
    return task is not None and not (task.code and facts.origins.of(task.code.site.file) is Origin.STANDARD)


def _joined(spans: list[Span], least: float) -> tuple[Span, ...]:
    """Neighbours of one state joined; what is too short to be drawn goes to its neighbour."""
    made: list[Span] = []
    for span in spans:
        if made and (span.state is made[-1].state or span.end_s - span.start_s < least):
            made[-1] = Span(made[-1].start_s, max(span.end_s, made[-1].end_s), made[-1].state)
        elif made and made[-1].end_s - made[-1].start_s < least:
            made[-1] = Span(made[-1].start_s, span.end_s, span.state)
        else:
            made.append(span)
    return tuple(made)
