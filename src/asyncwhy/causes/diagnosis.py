"""Lets every cause look, prices what they found, and makes the report."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable
from dataclasses import replace
from importlib import import_module
from typing import Any

from asyncwhy import causes
from asyncwhy.analysis import lateness
from asyncwhy.analysis.facts import Facts, analyse
from asyncwhy.causes import drawing, no_help, polled, pricing, stops, summary, verdicts, worth
from asyncwhy.causes.draft import Draft, Priced, Run
from asyncwhy.causes.holding import merged
from asyncwhy.causes.merging import one_fault
from asyncwhy.causes.paces import Paces
from asyncwhy.causes.placements import placements
from asyncwhy.model import Effects, Finding, Remedy, Report, Safety, Site, Verdict
from asyncwhy.source import Languages, PythonSource, Sources
from asyncwhy.trace.reader import Trace

#: A draft whose time is explained by dearer ones to this share says nothing new.
CLAIMED = 0.5

Remedies = Callable[[PythonSource, Draft], tuple[Remedy, ...]]


def _no_remedies(_: PythonSource, draft: Draft) -> tuple[Remedy, ...]:
    return draft.remedies


def diagnose(
    trace: Trace, least_s: float = worth.LEAST_S, remedies: Remedies = _no_remedies, *, drawn: bool = False
) -> Report:
    """The report on a trace; `least_s` is what a finding must cost, in seconds.  `drawn` adds the picture."""
    facts = analyse(trace)
    source = Languages(Sources(trace.sources))
    run = Run(facts, source)
    polled.mark(run)
    found, faults = _look(run)
    paces = Paces(facts)
    priced = pricing.price(facts, _disjoint(one_fault(run, found)), paces, least_s)
    kept = [one for one in priced if worth.worthwhile(one.draft, one.gain_s, facts.wall_s, least_s)]
    together = pricing.together(facts, kept)
    possible_s = pricing.possible(facts, kept, together)
    findings = one_per_line([_finding(facts, source, one, remedies) for one in kept])
    verdict = verdicts.judge(facts, run, [one.draft for one in kept], findings, together)
    report = Report(
        program=summary.program(facts),
        verdict=verdict.verdict,
        reason=verdict.reason,
        wall_s=facts.wall_s,
        possible_s=possible_s,
        concurrency=verdict.concurrency,
        parallelism=summary.parallelism(facts),
        loops=summary.loops(facts),
        threads=summary.threads(facts),
        placements=placements(run),
        findings=findings,
        unseen=summary.unseen(facts, [*faults, *_unreadable(source)]),
        pace=paces.measured,
        possible_pace=paces.with_replays(together) if together else None,
        explanation=(
            *verdict.explanation,
            *(stops.sentences(run) if verdict.verdict is Verdict.ASYNCHRONOUS else ()),
            *no_help.sentences(run, priced, kept),
        ),
        schedule=summary.schedule(facts, together),
        trace=str(trace.path),
        picture=drawing.picture(run, [(one.draft, one.gain_s) for one in kept], findings) if drawn else None,
    )
    return summary.with_sources(report, source)


def _look(run: Run) -> tuple[list[Draft], list[str]]:
    """What every cause finds.  A fault in one of them costs its answer and is said; the others still answer."""
    found: list[Draft] = []
    faults: list[str] = []
    for slug in causes.FOUND_IN_RUNS:
        try:
            found.extend(_module(slug).find(run))
        except Exception as error:  # noqa: BLE001
            where = traceback.extract_tb(error.__traceback__)[-1]
            place = f"{where.filename.rpartition('/')[2]}:{where.lineno}"
            faults.append(
                f"a fault of asyncwhy's own: it could not look for {slug} ({type(error).__name__}, {place})"
            )
    return found, faults


def _unreadable(source: PythonSource) -> list[str]:
    """What is said where a language cannot be read here at all: awaits and names of calls are then missing."""
    reasons = {reason for _, reason in source.unread() if "is not installed" in reason}
    return [f"the source was not read: {reason}" for reason in sorted(reasons)]


def _module(slug: str) -> Any:
    return import_module(f"asyncwhy.causes.{slug.replace('-', '_')}")


def _disjoint(drafts: Iterable[Draft]) -> list[Draft]:
    """Drafts that explain time which a dearer one explains already are left out."""
    kept: list[Draft] = []
    claimed: dict[tuple[int, int], list[tuple[float, float]]] = {}
    for draft in sorted(drafts, key=lambda draft: -(draft.cost_s or 0.0)):
        own = merged(draft.spans)
        taken = merged(claimed.get((draft.facts.process.index, draft.thread), []))
        length = float((own[:, 1] - own[:, 0]).sum())
        if length > 0:
            shared = float((lateness.held(taken, own[:, 1]) - lateness.held(taken, own[:, 0])).sum())
            if shared > CLAIMED * length:
                continue
            claimed.setdefault((draft.facts.process.index, draft.thread), []).extend(draft.spans)
        kept.append(draft)
    return kept


def _finding(facts: Facts, source: PythonSource, one: Priced, remedies: Remedies) -> Finding:
    draft = one.draft
    origins = draft.facts.origins
    # Whoever reads knows their own lines, and hardly those of a library that serves them.
    victims = sorted(draft.victims, key=lambda victim: not origins.is_user(victim.site))
    possible = None if one.gain_s is None else max(facts.wall_s - one.gain_s, 0.0)
    site = as_written(source, draft.site)
    return Finding(
        cause=draft.cause,
        site=site,
        call=draft.call,
        operation=draft.operation,
        inside_library=draft.inside_library,
        stack=tuple(as_written(source, each) for each in draft.stack),
        started_by=as_written(source, draft.started_by) if draft.started_by else None,
        related=tuple(replace(each, site=as_written(source, each.site)) for each in draft.related),
        victims=tuple(replace(each, site=as_written(source, each.site)) for each in victims),
        count=draft.count,
        cost_s=draft.cost_s,
        gain_s=one.gain_s,
        possible_s=possible,
        effects=draft.effects,
        evidence=draft.evidence,
        message=draft.words.message,
        remedies=tuple(_with_time(remedy, possible) for remedy in remedies(source, draft)),
        headline=draft.words.headline,
        label=draft.words.label,
        possible_pace=one.pace,
    )


def one_per_line(findings: list[Finding]) -> tuple[Finding, ...]:
    """The findings of several processes: what two workers do at one line is one finding."""
    made: dict[tuple[str, str, int], Finding] = {}
    for finding in findings:
        key = (finding.cause, finding.site.file, finding.site.line)
        before = made.get(key)
        if before is None:
            made[key] = finding
            continue
        one, other = before.effects, finding.effects
        effects = Effects(
            one.late_s + other.late_s,
            one.cpu_s + other.cpu_s,
            one.threads + other.threads,
            one.lost + other.lost,
        )
        cost = None if before.cost_s is None else before.cost_s + (finding.cost_s or 0.0)
        label = f"{before.label}; the same in another process"
        victims = (*before.victims, *finding.victims)
        made[key] = replace(
            before,
            count=before.count + finding.count,
            cost_s=cost,
            effects=effects,
            label=label,
            victims=victims,
        )
    return tuple(made.values())


def _with_time(remedy: Remedy, possible: float | None) -> Remedy:
    if remedy.safety is Safety.SKETCH or remedy.possible_s is not None:
        return remedy
    return replace(remedy, possible_s=possible)


def as_written(source: PythonSource, site: Site) -> Site:
    """The site with columns that count characters, where CPython's positions count UTF-8 bytes; and of what CPython
    says to begin with its first decorator, the line of the `def`."""
    text = source.line(site.file, site.line)
    if text and text.lstrip().startswith("@"):
        function = source.function_at(site.file, site.line, site.function.rpartition(".")[2])
        if function is not None and function.first_line == site.line:
            return replace(site, line=function.line, column=0, end_column=None)
    if not text or text.isascii() or not site.column:
        return site
    data = text.encode()
    column = len(data[: site.column - 1].decode(errors="ignore")) + 1
    end = site.end_column and len(data[: site.end_column - 1].decode(errors="ignore")) + 1
    return replace(site, column=column, end_column=end)
