"""How a step came to be: called from where, started by which line."""

from __future__ import annotations

from collections import Counter

from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.analysis.stuck import HANDED, makes_handed
from asyncwhy.analysis.tasks import Task
from asyncwhy.causes.draft import Run
from asyncwhy.model import Related, Site

#: Functions that make tasks, by the name a person knows them by; a file's own come before everyone's.
MAKERS = {
    "gather": "gather",
    "create_task": "create_task",
    "TaskGroup.create_task": "the task group",
    "as_completed": "as_completed",
    "wait": "wait",
    "wait_for": "wait_for",
    "ensure_future": "ensure_future",
    "run": "asyncio.run",
    "Runner.run": "asyncio.run",
}
TRIO_MAKERS = {
    "start_soon": "the nursery",
    "start": "the nursery",
    "run": "trio.run",
    "start_guest_run": "trio.lowlevel.start_guest_run",
    "spawn_system_task": "spawn_system_task",
    "serve_listeners": "serve_listeners",
}
ANYIO_MAKERS = {"start_soon": "the task group", "start": "the task group", "run": "anyio.run"}
MAKERS_OF = (("/trio/", TRIO_MAKERS), ("/anyio/", ANYIO_MAKERS))


def maker_of(site: Site) -> str | None:
    """The name of the call by which a frame makes tasks or runs a loop; None if it does neither."""
    for folder, makers in MAKERS_OF:
        if folder in site.file:
            return makers.get(site.function.rpartition(".")[2])
    return HANDED if makes_handed(site) else MAKERS.get(site.function)


def called_from(run: Run, facts: ProcessFacts, stack: tuple[Site, ...]) -> tuple[Related, ...]:
    """The user's own lines outside the named one, innermost first; `stack` begins at the named line."""
    made: list[Related] = []
    for site, outside in zip(stack[1:], (*stack[2:], None), strict=False):
        if _is_part(site, outside) or not facts.origins.is_user(site) or (made and made[-1].site == site):
            continue
        name = site.function.rpartition(".")[2]
        note = f"`{name}` never awaits here" if run.never_suspends(site) else f"in `{name}`"
        made.append(Related("called from", site, note))
    return tuple(made[:4])


def _is_part(site: Site, outside: Site | None) -> bool:
    """Whether it is a comprehension's frame on the line of the function around it."""
    return (
        outside is not None
        and (site.file, site.line) == (outside.file, outside.line)
        and site.function.endswith("comp>")
    )


def started_by(facts: ProcessFacts, tasks: list[Task]) -> Related | None:
    """The line that made the tasks, and by which call."""
    if not tasks:
        return None
    stack = facts.made_stack(tasks[0])
    index = facts.origins.user_index(stack)
    if index is None:
        return None
    maker = ""
    for site in stack[:index]:
        maker = maker_of(site) or maker
    return Related("started by", stack[index], f"{maker or 'this'} made {_names(tasks)}")


def _names(tasks: list[Task]) -> str:
    """The first of them by name; those of one name once, with their number."""
    numbers = Counter(task.name for task in tasks)
    names = [name if number == 1 else f"{name} ({number} times)" for name, number in numbers.items()]
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def tasks_of(facts: ProcessFacts, refs: list[int]) -> list[Task]:
    """The tasks among the references of steps, each once, in order."""
    made = [facts.task_of(ref) for ref in dict.fromkeys(refs)]
    return [task for task in made if task is not None]
