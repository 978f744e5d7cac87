"""What tasks waited for, in words."""

from __future__ import annotations

from collections import Counter

from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.analysis.places import Origin
from asyncwhy.causes.draft import Run
from asyncwhy.model import Site


def user_wait(facts: ProcessFacts, stack: tuple[Site, ...]) -> Site | None:
    """The user's innermost line of a suspended stack."""
    return facts.origins.user_site(stack)


def overlap_reason(run: Run, facts: ProcessFacts) -> str | None:
    """Why the tasks of a healthy program overlap: the line at which most of them waited."""
    lines: Counter[Site] = Counter()
    for _start, _wait_s, await_s, _task, stack, kind, other, _thread in facts.process.table("waits").tolist():
        if other or facts.process.strings.get(kind) == "_GatheringFuture":
            continue
        site = user_wait(facts, facts.stack(stack))
        if site is not None and facts.origins.of(site.file) is Origin.USER:
            lines[site] += round(await_s * 1e6)
    if not lines:
        return None
    site = lines.most_common(1)[0][0]
    call = run.source.call_at(site.file, site.line, site.column or None, None, site.end_column)
    what = f"`await {call.qualified}`" if call is not None and call.awaited else "the `await`"
    thread = "; no thread is needed" if len(facts.line.threads) <= 1 else ""
    return f"The tasks overlap because {what} (line {site.line}) hands the loop back{thread}."
