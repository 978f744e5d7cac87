"""`await-in-loop` of a program that does not await: a plain `for` runs the event loop anew for each of its items."""

from __future__ import annotations

from collections import defaultdict

from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.analysis.looplives import working_runs
from asyncwhy.analysis.timeline import LoopRun
from asyncwhy.causes.begun import begun_together
from asyncwhy.causes.draft import Draft, Run, Words
from asyncwhy.causes.origin import called_from
from asyncwhy.causes.seconds import seconds
from asyncwhy.model import Related, Remedy, Safety, Site

#: So many runs of one loop by one line are a loop of the source's.
FEWEST = 3
#: The `for` is looked for so many of the user's functions outwards.
OUTWARDS = 4


def find(run: Run, slug: str) -> list[Draft]:
    """Lines that run one event loop for each turn of a `for` whose turns have no need of each other."""
    made = []
    for facts in run.facts.processes:
        for stack, runs in _by_stack(facts).items():
            draft = _draft(run, facts, slug, stack, runs) if len(runs) >= FEWEST else None
            if draft is not None:
                made.append(draft)
    return made


def _by_stack(facts: ProcessFacts) -> dict[tuple[Site, ...], list[LoopRun]]:
    made: dict[tuple[Site, ...], list[LoopRun]] = defaultdict(list)
    for run in working_runs(facts):
        stack = facts.stack(run.stack)
        index = facts.origins.user_index(stack)
        if index is not None:
            made[stack[index:]].append(run)
    loops = {stack: {run.loop for run in runs} for stack, runs in made.items()}
    # A loop for each is `second-loop`.
    return {stack: runs for stack, runs in made.items() if len(loops[stack]) == 1}


def _draft(
    run: Run, facts: ProcessFacts, slug: str, stack: tuple[Site, ...], runs: list[LoopRun]
) -> Draft | None:
    users = [at for at, site in enumerate(stack) if facts.origins.is_user(site)][:OUTWARDS]
    found = ((at, run.source.repeated_at(stack[at].file, stack[at].line)) for at in users)
    at, line = next(((at, line) for at, line in found if line is not None), (0, None))
    if line is None:
        return None
    site, inner = stack[at], stack[0]
    call = run.source.call_at(inner.file, inner.line, inner.column or None, None, inner.end_column)
    name = call.qualified.rpartition(".")[2] if call is not None else "run_until_complete"
    lengths = [one.until(facts.line.ended) - one.start for one in runs]
    related = [] if site == inner else [Related("runs the loop", inner, f"`{name}`")]
    return Draft(
        cause=slug,
        facts=facts,
        site=site,
        words=Words(
            headline="the event loop is run for one coroutine, and then for the next",
            label=f"the event loop was run {len(runs)} times, {seconds(sum(lengths) / len(runs))} each",
            message=(
                f"the loop on line {line} of `{site.function.rpartition('.')[2]}` runs the event loop once for each "
                f"item, until one coroutine is done: {len(runs)} of them, {seconds(sum(lengths))} in all, and no turn "
                "needs what the one before has left."
            ),
        ),
        count=len(runs),
        cost_s=sum(lengths) - max(lengths),
        call=name,
        operation="loop",
        stack=stack[at:],
        related=(*related, *called_from(run, facts, stack[at:])),
        remedies=(
            Remedy(
                "make the `for` a coroutine of its own that awaits them together (`asyncio.gather`, a task group; "
                f"with a bound where there are many), and run that once with `{name}`",
                Safety.SKETCH,
            ),
        ),
        change=begun_together(facts, runs),
        thread=runs[0].thread,
    )
