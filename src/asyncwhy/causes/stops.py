"""What the longest stop of a loop was, where nothing is wrong and it was long all the same."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.analysis.hotlines import is_import
from asyncwhy.causes.draft import Run
from asyncwhy.causes.seconds import seconds
from asyncwhy.causes.suffering import suffering
from asyncwhy.causes.worth import LEAST_S
from asyncwhy.model import Site

#: A stop of this length is explained: who reads of it would ask.
LONG_S = 0.25
#: What took this share of a stop is what it was.
MOST = 0.5


def sentences(run: Run) -> tuple[str, ...]:
    """What the longest stop of all loops was, and why it is no finding; nothing where none was long."""
    stops = [stop for facts in run.facts.processes if (stop := _longest(facts)) is not None]
    if not stops:
        return ()
    length, facts, step = max(stops, key=lambda stop: stop[0])
    if length < LONG_S:
        return ()
    imports, site = _most(facts, step, length)
    if imports:
        what = f"was an import{_where(run, site)}, which happens once"
    elif site is None:
        what = "was at no one line for long"
    else:
        what = f"was in `{site.function.rpartition('<locals>.')[2]}`{_where(run, site)}"
        if suffering(run, facts, [(int(facts.line.thread[step]), _span(facts, step))]).hurt_s < LEAST_S:
            what += "; nobody lost anything by it"
    return (f"The longest stop of the event loop, {seconds(length)}, {what}.",)


def _longest(facts: ProcessFacts) -> tuple[float, ProcessFacts, int] | None:
    line = facts.line
    steps = np.flatnonzero(np.isin(line.thread, list(line.loop_threads())))
    if not len(steps):
        return None
    length = (line.end - line.start)[steps]
    at = int(np.argmax(length))
    return float(length[at]), facts, int(steps[at])


def _span(facts: ProcessFacts, step: int) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    return np.array([[facts.line.start[step], facts.line.end[step]]], np.float64)


def _most(facts: ProcessFacts, step: int, length: float) -> tuple[bool, Site | None]:
    """Whether most of a step was importing; and the hottest line of the user's function that had most of it, or of
    the imports."""
    spent: dict[bool, dict[tuple[str, str], list[tuple[float, Site]]]] = {True: {}, False: {}}
    for piece in facts.pieces:
        stack = facts.stack(piece.stack) if piece.step == step else ()
        site = facts.origins.user_site(stack)
        if site is not None:
            own = spent[is_import(facts, stack)].setdefault((site.file, site.function), [])
            own.append((piece.length, site))
    imported = sum(seconds for own in spent[True].values() for seconds, _ in own)
    imports = imported >= MOST * length
    most = max(spent[imports].values(), key=lambda own: sum(seconds for seconds, _ in own), default=[])
    if not most or (not imports and sum(seconds for seconds, _ in most) < MOST * length):
        return imports, None
    lines: dict[Site, float] = defaultdict(float)
    for spent_s, site in most:
        lines[site] += spent_s
    return imports, max(lines, key=lambda site: lines[site])


def _where(run: Run, site: Site | None) -> str:
    if site is None:
        return ""
    text = (run.source.line(site.file, site.line) or "").strip()
    quoted = f", `{text}`" if text.startswith(("import ", "from ")) and len(text) <= 60 else ""
    return f" ({site.file.rpartition('/')[2]}:{site.line}{quoted})"
