"""What is worth a person's time.  All thresholds of findings stand here, with their reasons."""

from __future__ import annotations

from asyncwhy.analysis.looplives import main_thread
from asyncwhy.analysis.places import Origin
from asyncwhy.causes.clearing import clears_up
from asyncwhy.causes.draft import Draft, Suffering

#: A finding must cost at least this much: below 5 ms nobody notices, and machines' noise begins.
LEAST_S = 0.005
#: ...and this share of the run: what is under a hundredth is lost in the variation from run to run.
LEAST_SHARE = 0.01
#: Something that happened only once must cost this much: a garbage collection, a framework that looks at the
#: program's source when it begins, or another program on the machine makes a single stop of up to 50 ms in a
#: healthy one.
ONCE_S = 0.05
#: A hold that nobody suffered from in this run still counts when the call only waits and the run spent
#: this share of its time in it: in a program that is meant to be asynchronous that is the answer sought.
ALONE_SHARE = 0.10
ALONE_S = 0.05
#: A stop that happened once and made late only a library's housekeeping, which looks in now and then, must cost this
#: much: what builds a client or loads a model before anybody asks takes less, and hurts nobody.
QUIET_S = 0.5
#: The functions of libraries in which a server begins and ends, before anybody asks and when nobody does any more.
LIFESPAN = frozenset(("lifespan", "startup", "shutdown"))
#: Queueing hurts nobody by itself: where the replay knows what the run would save, that alone counts.
QUEUES = frozenset(("serialised-by-lock", "concurrency-limit", "serial-dispatch"))


def costly(draft: Draft, wall_s: float, least_s: float = LEAST_S) -> bool:
    """Whether it costs so much that what its removal gains is worth asking."""
    if draft.worth or draft.cost_s is None:
        return True
    least = max(least_s, LEAST_SHARE * wall_s)
    return _alone(draft, draft.cost_s) >= (max(least, ONCE_S) if draft.count == 1 else least)


def worthwhile(draft: Draft, gain_s: float | None, wall_s: float, least_s: float = LEAST_S) -> bool:
    """Whether a draft becomes a finding."""
    if draft.worth:
        return True
    if not costly(draft, wall_s, least_s):
        return False
    least = max(least_s, LEAST_SHARE * wall_s)
    late, excused = _late(draft)
    # Who polls is there the sooner in the replay, and would in truth have asked once more.
    if gain_s is not None and gain_s >= least and (late >= least or not excused):
        return True
    if gain_s is not None and draft.cause in QUEUES:
        return False
    if late >= least:
        return True
    waits = draft.cause == "blocking-call" and draft.cost_s is not None and not _nobodys(draft)
    off_cpu_s = (draft.cost_s or 0.0) - draft.effects.cpu_s
    return waits and off_cpu_s >= max(ALONE_S, ALONE_SHARE * wall_s)


def _late(draft: Draft) -> tuple[float, float]:
    """Seconds of lateness that hurt, and of such that did not."""
    known = draft.suffering
    if known == Suffering():
        return sum(victim.late_s for victim in draft.victims), 0.0
    if len(draft.steps) == 1 and _alone(draft, draft.cost_s or 0.0) < QUIET_S:
        return known.hurt_s, known.ticks_s + known.idle_s
    return known.hurt_s + known.ticks_s, known.idle_s


def _nobodys(draft: Draft) -> bool:
    """Whether nobody can have waited: before a server's first request, after the last task, or on a library's loop."""
    return _in_lifespan(draft) or clears_up(draft) or _on_a_librarys_loop(draft)


def _on_a_librarys_loop(draft: Draft) -> bool:
    """Whether a library waits there in a thread of its own: that there is a loop in it is no business of the user's."""
    sites = [*draft.stack, *([draft.started_by] if draft.started_by else [])]
    known = draft.thread and draft.thread != main_thread(draft.facts.line)
    return bool(known) and not any(draft.facts.origins.is_user(site) for site in sites)


def _in_lifespan(draft: Draft) -> bool:
    origins = draft.facts.origins
    return any(
        site.function.rpartition(".")[2] in LIFESPAN and origins.of(site.file) is Origin.LIBRARY
        for site in draft.stack
    )


def _alone(draft: Draft, cost_s: float) -> float:
    """What something costs where no other program takes the core from it meanwhile."""
    return min(cost_s, draft.effects.cpu_s) if draft.computes else cost_s
