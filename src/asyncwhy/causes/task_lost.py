"""`task-lost`: a task was garbage-collected, cancelled at exit, or its exception never read."""

from __future__ import annotations

from collections import Counter, defaultdict

from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.analysis.losses import How, Loss, losses_of
from asyncwhy.causes.draft import Draft, Run, Words
from asyncwhy.causes.origin import called_from, maker_of
from asyncwhy.causes.seconds import seconds
from asyncwhy.model import Effects, Related, Remedy, Safety, Site

SLUG = "task-lost"

#: What the end of the run, or of its loop, cut off.
CUT_OFF = (How.AT_EXIT, How.AT_CLOSE)
#: What ends by itself when nobody else does anything: a timer, a job, a peer, a child process.  Tasks that stand
#: anywhere else at exit (an event, a queue, a bare future) wait for somebody who may never come, and rightly end.
WORKING = frozenset((
    "sleep", "run_in_executor", "to_thread", "communicate", "getaddrinfo", "open_connection", "create_connection",
    "sock_connect", "sock_sendall", "drain",
))  # fmt: skip
#: A timer with this much to go (10 s), and longer than the run was, is a time limit or a schedule, not work.
SCHEDULE_S = 10.0


def find(run: Run) -> list[Draft]:
    """Lost tasks by the line that made them."""
    made: list[Draft] = []
    code = run.facts.trace.run.get("exit_code")
    for facts in run.facts.processes:
        losses = losses_of(facts.line)
        at_exit = {loss.task for loss in losses if loss.how in CUT_OFF}
        groups: dict[tuple[str, int, How], list[Loss]] = defaultdict(list)
        for loss in losses:
            site = _made(facts, loss)
            if site is not None and _is_lost(run, facts, loss, at_exit, code in (0, None)):
                groups[site.file, site.line, loss.how].append(loss)
        made.extend(_draft(run, facts, group) for group in groups.values())
    return made


def _is_lost(run: Run, facts: ProcessFacts, loss: Loss, at_exit: set[int], ended_well: bool) -> bool:
    if loss.how is How.UNREAD:
        return True
    if loss.how is How.COLLECTED and loss.in_run:
        # A library's own task is its author's to keep.  Even one that waits for ever was wanted, though: the
        # loop ran on without it.
        code = facts.line.tasks[loss.task].code if loss.task in facts.line.tasks else None
        return code is None or facts.origins.is_user(code.site)
    task = facts.line.tasks[loss.task]
    if run.facts.endless or not ended_well or task.parent in at_exit:
        return False  # somebody ended the program; or what awaited this task is told of itself
    if not facts.stack(loss.stack):
        return loss.how in CUT_OFF and _never_ran(facts, loss)
    if loss.left_s > max(SCHEDULE_S, facts.line.ended):
        return False
    return _works(facts, loss) and not _turns(run, facts, loss)


def _never_ran(facts: ProcessFacts, loss: Loss) -> bool:
    return not bool((facts.line.ref[facts.line.end < loss.time] == loss.task).any())


def _works(facts: ProcessFacts, loss: Loss) -> bool:
    """Whether what it stood at would have ended by itself."""
    names = [site.function.rpartition(".")[2] for site in facts.stack(loss.stack)[:4]]
    return bool(loss.left_s) or any(name in WORKING for name in names)


def _turns(run: Run, facts: ProcessFacts, loss: Loss) -> bool:
    """Whether it stood in a loop that has no end of its own: a heartbeat, a watcher, a listener."""
    for site in facts.stack(loss.stack):
        if not facts.origins.is_user(site):
            continue
        function = run.source.function_at(site.file, site.line, site.function.rpartition(".")[2])
        if function is None:
            return True  # not seen: silent
        for one in run.source.awaits(site.file, function):
            inside = one.extent.line <= site.line <= one.extent.end_line
            if inside and one.loop is not None and one.loop.kind in ("while", "async-for"):
                return True
    return False


def _made(facts: ProcessFacts, loss: Loss) -> Site | None:
    """The user's line that made the task."""
    task = facts.line.tasks[loss.task]
    if task.code is not None and not facts.origins.is_user(task.code.site) and loss.how in CUT_OFF:
        return None  # a library's own task: it knows why
    return facts.origins.user_site(facts.made_stack(task))


def _draft(run: Run, facts: ProcessFacts, losses: list[Loss]) -> Draft:
    first = losses[0]
    task = facts.line.tasks[first.task]
    stack = facts.made_stack(task)
    index = facts.origins.user_index(stack) or 0
    site = stack[index]
    maker = next(filter(None, map(maker_of, stack[:index])), "create_task")
    call = run.source.call_at(site.file, site.line, site.column or None, None, site.end_column)
    gathered = first.how is How.AT_EXIT and maker == "gather"
    name = task.code.site.function.rpartition(".")[2] if task.code is not None else task.name
    related: list[Related] = []
    stood = facts.origins.user_site(facts.stack(first.stack))
    if stood is not None:
        related.append(Related(_ROLE[first.how], stood, _note(first, losses)))
    elif task.code is not None:
        related.append(Related("defined", task.code.site, f"`{name}` is what was lost"))
    related.extend(called_from(run, facts, stack[index:]))
    return Draft(
        cause=SLUG,
        facts=facts,
        site=site,
        words=_words(first, losses, name) if not gathered else _left_by_gather(losses, name),
        count=len(losses),
        cost_s=None,
        call=call.qualified if call is not None else maker,
        operation="task",
        stack=stack[index:],
        related=tuple(related),
        effects=Effects(lost=len(losses)),
        remedies=_remedies(first.how, name) if not gathered else (GATHERED,),
        worth=True,
        thread=task.thread,
    )


_ROLE = {
    How.COLLECTED: "was awaiting",
    How.AT_EXIT: "was awaiting",
    How.AT_CLOSE: "was awaiting",
    How.UNREAD: "raised",
}


def _note(first: Loss, losses: list[Loss]) -> str:
    if first.how is How.UNREAD:
        kinds = Counter(loss.note for loss in losses)
        return ", ".join(f"{kind} {count} times" if count > 1 else kind for kind, count in kinds.items())
    longest = max(loss.left_s for loss in losses)
    return f"it still needed {seconds(longest)} or more" if longest else ""


def _words(first: Loss, losses: list[Loss], name: str) -> Words:
    count = len(losses)
    tasks = f"{count} tasks" if count > 1 else "a task"
    were, they, them = ("were", "they", "them") if count > 1 else ("was", "it", "it")
    these = "these tasks" if count > 1 else "this task"
    if first.how is How.UNREAD:
        kind = first.note or "an exception"
        return Words(
            f"the error of {tasks} was never read: `{name}` failed and nobody was told",
            f"{kind} in {tasks} that nothing awaits",
            f"{tasks.capitalize()} running `{name}` ended with {kind}, and nothing ever awaited {them} "
            f"or asked for the error: the work is lost, and the program does not know.",
        )
    if first.how is How.COLLECTED:
        return Words(
            f"{tasks} {were} garbage-collected before {they} had ended",
            f"nothing refers to {these}; the loop alone does not keep {them}",
            f"{tasks.capitalize()} running `{name}` {were} collected while still pending, since nothing but the "
            f"loop's weak reference knew of {them}: what {they} had still to do was never done.",
        )
    if first.how is How.AT_CLOSE:
        return Words(
            f"{tasks} {were} left unfinished when the loop was closed",
            f"started here and never awaited: `{name}` was cut off",
            f"{tasks.capitalize()} running `{name}` {were} still at work when the event loop was closed, and nothing "
            f"ran {them} any further: nothing awaits {them}, and `run_until_complete` waits only for what it is given.",
        )
    begun = "" if first.stack else " before it had begun" if count == 1 else " before they had begun"
    return Words(
        f"{tasks} {were} cancelled when the program ended{begun}",
        f"started here and never awaited: `{name}` was cut off",
        f"{tasks.capitalize()} running `{name}` {were} still at work when `asyncio.run` ended, and {were} "
        f"cancelled{begun}: nothing awaits {them}.",
    )


def _left_by_gather(losses: list[Loss], name: str) -> Words:
    """Of what a gather had started when it gave up, or was itself never awaited."""
    count = len(losses)
    tasks, were, they = (f"{count} tasks", "were", "they") if count > 1 else ("a task", "was", "it")
    return Words(
        f"{tasks} {were} cancelled when the program ended",
        f"`{name}` was cut off: when one task of a gather fails, the others run on and nobody awaits them",
        f"{tasks.capitalize()} running `{name}` {were} still at work when `asyncio.run` ended, and {were} cancelled: "
        f"`gather` had ended with the first error, or nothing awaited it, and left {they if count == 1 else 'them'} behind.",
    )


GATHERED = Remedy(
    "`asyncio.gather(..., return_exceptions=True)` waits for all of them; asyncio.TaskGroup cancels and awaits the "
    "others when one fails",
    Safety.CHANGES_BEHAVIOUR,
)


def _remedies(how: How, name: str) -> tuple[Remedy, ...]:
    if how is How.UNREAD:
        title = (
            f"await the task (or gather it, or use asyncio.TaskGroup), so that what `{name}` raises comes up; or "
            "give it a done-callback that reads `task.exception()`"
        )
    elif how is How.COLLECTED:
        title = "keep the task: in a set of the application (discard it in a done-callback), or in an asyncio.TaskGroup"
    else:
        title = (
            "await it before the program ends: asyncio.TaskGroup, or keep the tasks in a set and gather them at "
            "shutdown, with a time limit"
        )
    return (Remedy(title, Safety.CHANGES_BEHAVIOUR),)
