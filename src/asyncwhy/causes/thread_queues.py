"""Worker threads that wait for each other: `serialised-by-lock`, or `concurrency-limit` where several get through."""

from __future__ import annotations

from collections import Counter, defaultdict

from asyncwhy.analysis.bottlenecks import Bottleneck
from asyncwhy.analysis.change import Change
from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.analysis.lookup import union
from asyncwhy.causes.draft import Draft, Run, Words
from asyncwhy.causes.overlapping import hurts_by_itself
from asyncwhy.causes.seconds import seconds
from asyncwhy.causes.thread_gates import all_bottlenecks
from asyncwhy.causes.worth import ALONE_SHARE
from asyncwhy.model import Effects, Related, Remedy, Safety, Site, Victim

#: In a server, where whoever asked waits, jobs must wait for this share of the time that they run.
NOTABLE = 0.25
#: Classes of which one thread at a time gets through.
LOCKS = ("Lock", "RLock", "Condition")


def drafts(run: Run, slug: str, *, locks: bool) -> list[Draft]:
    """The bottlenecks that are locks, or those that are limits."""
    return [
        _draft(run, facts, slug, one)
        for facts, one in all_bottlenecks(run)
        if is_lock(one) is locks and _is_told(run, facts, one)
    ]


def is_lock(one: Bottleneck) -> bool:
    """Whether it is a lock: what a library keeps its things in is a limit, even of one."""
    gate = one.gates[0]
    if gate.kind:
        return gate.kind.rpartition(".")[2] in LOCKS
    return one.at_once == 1 and gate.lines is not None


def share_of_jobs(run: Run, facts: ProcessFacts, jobs: list[int]) -> float:
    """The share of their run for which jobs waited for each other."""
    waited = sum(one.jobs.get(job, 0.0) for own, one in all_bottlenecks(run) if own is facts for job in jobs)
    ran = sum(facts.jobs[job].run_s for job in jobs)
    return waited / ran if ran > 0 else 0.0


def _is_told(run: Run, facts: ProcessFacts, one: Bottleneck) -> bool:
    """Whether the replay knows what it costs, or a program with a loop spends much of its time in it."""
    if one.jobs:
        return True
    return bool(facts.line.loops) and union(one.during) >= ALONE_SHARE * run.facts.wall_s


def _draft(run: Run, facts: ProcessFacts, slug: str, one: Bottleneck) -> Draft:
    waiting = _waiting(facts, one)
    holding, stack = _holding(facts, one)
    limit = None if slug == "serialised-by-lock" else _limit(run, facts, one)
    site = (holding if slug == "serialised-by-lock" else limit) or waiting[0].site
    call = run.source.call_at(site.file, site.line, site.column or None, None, site.end_column)
    jobs = one.jobs
    ran = sum(facts.jobs[job].run_s for job in jobs)
    tasks = [facts.jobs[job].task for job in jobs]
    return Draft(
        cause=slug,
        facts=facts,
        site=site,
        words=_words(facts, slug, one),
        count=len(one.waits),
        cost_s=one.waited_s,
        call=call.qualified if call is not None else site.function.rpartition(".")[2],
        operation="lock",
        inside_library=facts.origins.package(one.gates[0].site.file),
        stack=stack if site == holding else (site,),
        related=_related(facts, one, site, holding, waiting),
        victims=waiting,
        effects=Effects(late_s=one.waited_s, threads=len({stay.thread for stay in one.waits})),
        remedies=_remedies(slug, one),
        change=_freed(facts, one) if jobs else None,
        worth=bool(jobs)
        and one.waited_s >= NOTABLE * ran
        and hurts_by_itself(run, facts, tasks, one.waited_s),
    )


def _freed(facts: ProcessFacts, one: Bottleneck) -> Change:
    """No job waits there: each runs for so much less."""
    return Change(lengths={job: max(facts.jobs[job].run_s - waited, 0.0) for job, waited in one.jobs.items()})


def _user_site(facts: ProcessFacts, stack: int, job: int) -> tuple[Site, tuple[Site, ...]] | None:
    """The user's innermost line of a thread's stack, a lambda's or a comprehension's own left out; where there is
    none, the line that sent its job."""
    sites = facts.stack(stack)
    own = [index for index, site in enumerate(sites) if facts.origins.is_user(site)]
    named = [index for index in own if not sites[index].function.endswith(">")]
    if not (named or own):
        sites = facts.job_stack(facts.jobs[job]) if job >= 0 else ()
        own = [index for index, site in enumerate(sites) if facts.origins.is_user(site)]
    at = next(iter(named or own), None)
    return None if at is None else (sites[at], sites[at:])


def _waiting(facts: ProcessFacts, one: Bottleneck) -> tuple[Victim, ...]:
    """The lines that waited, those that waited longest first."""
    lines: dict[Site, list[float]] = defaultdict(list)
    for stay in one.waits:
        found = _user_site(facts, stay.stack, stay.job)
        lines[found[0] if found else one.gates[0].site].append(stay.seconds)
    made = [Victim(site, len(each), sum(each)) for site, each in lines.items()]
    return tuple(sorted(made, key=lambda victim: -victim.late_s))


def _holding(facts: ProcessFacts, one: Bottleneck) -> tuple[Site | None, tuple[Site, ...]]:
    """The user's line at which those that were past it stood most, and the stack from there outwards."""
    jobs = {stay.stack: stay.job for stay in one.past}
    lines: dict[tuple[str, int], float] = defaultdict(float)
    stacks: dict[tuple[str, int], tuple[Site, tuple[Site, ...]]] = {}
    for stack, held_s in one.held.items():
        found = _user_site(facts, stack, jobs[stack])
        if found is not None:
            key = (found[0].file, found[0].line)
            lines[key] += held_s
            stacks.setdefault(key, found)
    return stacks[max(lines, key=lambda key: lines[key])] if lines else (None, ())


def _limit(run: Run, facts: ProcessFacts, one: Bottleneck) -> Site | None:
    """Where the limit was set: where the semaphore was made, or the only call of its library that names the number."""
    if one.gates[0].made is not None:
        return one.gates[0].made
    packages = {facts.origins.package(site.file) for stay in one.waits for site in facts.stack(stay.stack)}
    found = [
        call
        for call in run.source.limited_to(one.at_once)
        if call.qualified.partition(".")[0] in packages - {None}
    ]
    if len(found) != 1:
        return None
    return Site(found[0].file, found[0].line, found[0].column, found[0].function, found[0].end_column)


def _related(
    facts: ProcessFacts, one: Bottleneck, site: Site, holding: Site | None, waiting: tuple[Victim, ...]
) -> tuple[Related, ...]:
    gate = one.gates[0]
    made = []
    if gate.made is not None and gate.made != site:
        made.append(Related("made here", gate.made, f"`{gate.name}`"))
    if holding is not None and holding != site:
        made.append(Related("held here", holding, f"{seconds(sum(one.held.values()))} while others waited"))
    made += [
        Related(
            "waited here", each.site, f"{each.count} times, {seconds(each.late_s / each.count)} on average"
        )
        for each in waiting[:3]
        if each.site != site
    ]
    sent = Counter(
        submitter
        for job in one.jobs
        if (submitter := facts.origins.user_site(facts.job_stack(facts.jobs[job]))) is not None
    )
    made += [Related("sent there by", where, f"{count} jobs") for where, count in sent.most_common(1)]
    return tuple(made)


def _words(facts: ProcessFacts, slug: str, one: Bottleneck) -> Words:
    gate, count = one.gates[0], len({(stay.thread, stay.job) for stay in one.waits})
    package = facts.origins.package(gate.site.file)
    who = f"{count} {'jobs in threads' if one.jobs else 'threads'}" if count > 1 else "a job in a thread"
    waits = "wait" if count > 1 else "waits"
    mean, held = seconds(one.waited_s / len(one.waits)), seconds(sum(one.held.values()))
    name = f"`{gate.name}`" if gate.name else "it"
    more = "More threads would only wait as well."
    if slug == "serialised-by-lock":
        return Words(
            headline=f"{who} {waits} for one lock",
            label=f"the lock was held here while others wanted it, {held} in all",
            message=(
                f"{who} {waits} for the lock {name}, {mean} on average: one thread at a time holds it, for {held} in "
                f"all while others waited. {more}"
            ),
        )
    owner = f"`{package}`" if package else name
    things = f"{owner} lets {one.at_once} of them through at a time"
    return Words(
        headline=f"{who} {waits} for {'a pool' if package else 'a limit'} of {one.at_once}",
        label=f"{things}: {len(one.waits)} waits, {mean} on average",
        message=(
            f"{who} {waits} in {owner}, {mean} on average: it lets {one.at_once} through at a time. {more} If the limit "
            "is wanted (it may protect a database, a peer or memory), this is what it costs; if it is a default, "
            "choose it."
        ),
    )


def _remedies(slug: str, one: Bottleneck) -> tuple[Remedy, ...]:
    if slug == "serialised-by-lock":
        return (
            Remedy(
                "hold the lock only for what must not happen twice at once, or make one for each thing that it "
                "protects (a connection, a device, a key); first find out what that is",
                Safety.SKETCH,
            ),
        )
    wanted = one.at_once + len({stay.thread for stay in one.waits})
    return (
        Remedy(
            f"find out what the limit protects and how much that can bear, then raise it (up to {wanted} were wanted "
            "at once) and measure",
            Safety.CHANGES_BEHAVIOUR,
        ),
        Remedy("hold it for less: give it back before what does not need it", Safety.SKETCH),
    )
