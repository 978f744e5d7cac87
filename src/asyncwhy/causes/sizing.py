"""What really sets how many jobs of a pool run at once, and how to let more of them."""

from __future__ import annotations

from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.analysis.jobs import Job, Pool
from asyncwhy.analysis.places import Origin
from asyncwhy.causes.draft import Run
from asyncwhy.model import Site

#: Functions that make a library's default pool when it is first needed, which is nobody's line.
DEFAULTS = ("run_in_executor", "current_default_thread_limiter", "_get_default_thread_limiter")
#: What of a library's runs when its class is called: whoever calls it made the pool.
CONSTRUCTS = ("__new__", "__init__")


def is_default(facts: ProcessFacts, pool: Pool) -> bool:
    """Whether nobody chose the pool: the loop's default executor, a library's default limiter."""
    stack = facts.stack(pool.stack)
    return not stack or any(site.function.endswith(DEFAULTS) for site in stack)


def made_at(facts: ProcessFacts, pool: Pool) -> Site | None:
    """The user's own line that made the pool; None for a default, and where a library made it for itself."""
    if is_default(facts, pool):
        return None
    stack = (site for site in facts.stack(pool.stack) if not site.function.endswith(CONSTRUCTS))
    maker = next((site for site in stack if facts.origins.of(site.file) is not Origin.STANDARD), None)
    return maker if maker is not None and facts.origins.is_user(maker) else None


def more_workers(run: Run, facts: ProcessFacts, pool: Pool, sent: Job, workers: int) -> str:
    """What lets so many run at once, by what makes and sizes the pool; `sent` is one of the jobs that queued."""
    if pool.is_libuv:
        return (
            f"start node with UV_THREADPOOL_SIZE={workers}; what computes gains up to the {facts.cores} cores only, and "
            "keeps files and names waiting: give it worker threads of its own"
        )
    made = made_at(facts, pool)
    if made is not None:
        where = f"in line {made.line} of {made.file.rpartition('/')[2]}"
        return (
            f"raise the limiter to {workers} {where}"
            if pool.is_limiter
            else f"give it {workers} workers {where}"
        )
    for stack in (facts.job_stack(sent), facts.stack(pool.stack)):
        offload = run.catalog.offload_of_stack((site.file, site.function) for site in stack)
        if offload is not None and offload.size:
            return offload.size.replace("{workers}", str(workers))
    if pool.is_limiter:
        library = pool.name.partition(" ")[0]  # "trio worker threads"
        limiter = f"{library}.to_thread.current_default_thread_limiter().total_tokens = {workers}"
        return f"raise the limiter that all share, when the loop has started: `{limiter}`"
    if is_default(facts, pool):
        executor = f"loop.set_default_executor(ThreadPoolExecutor(max_workers={workers}))"
        return f"give the loop a larger default pool, when it has started: `{executor}`"
    library = _library(facts, pool)
    return f"it is `{library}` that makes this pool: look for its setting of how many workers it has"


def _library(facts: ProcessFacts, pool: Pool) -> str:
    stack = facts.stack(pool.stack)
    return next((name for site in stack if (name := facts.origins.package(site.file))), "a library")
