"""The picture: what each task did when, as lanes of spans."""

from __future__ import annotations

from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.analysis.places import Origin
from asyncwhy.analysis.replay import Replay
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
    nodes = facts.nodes
    away: dict[int, list[tuple[float, float]]] = {}
    for node, left, back in delays:
        away.setdefault(node, []).append((left, back))
    spans: dict[int, list[Span]] = {}
    for node, ref in enumerate(nodes.ref.tolist()):
        task = facts.line.tasks.get(ref)
        if (
            task is None
            or end[node] <= 0
            or (task.code and facts.origins.of(task.code.site.file) is Origin.STANDARD)
        ):
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
    extent = max((own[-1].end_s for own in spans.values()), default=0.0)
    ranked = sorted(spans, key=lambda ref: -(spans[ref][-1].end_s - spans[ref][0].start_s))
    drawn = sorted(ranked[:MOST_TASKS])
    made = []
    for ref in drawn:
        task = facts.line.tasks[ref]
        parent = facts.line.tasks.get(task.parent)
        name = f"{task.name} {task.code.site.function.rpartition('.')[2]}" if task.code else task.name
        parent_name = None
        if parent is not None:
            parent_name = (
                f"{parent.name} {parent.code.site.function.rpartition('.')[2]}"
                if parent.code
                else parent.name
            )
        made.append(Lane(name, "task", facts.pid, _joined(spans[ref], extent * JOINED), parent_name))
    left_out = len(ranked) - len(drawn)
    if left_out and made:
        last = made[-1]
        made[-1] = Lane(last.name, last.kind, last.process, last.spans, last.parent, left_out)
    return made


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
