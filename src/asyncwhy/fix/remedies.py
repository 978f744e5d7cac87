"""Which ways out a finding has: diffs where the source allows them, else the cause's own words."""

from __future__ import annotations

from dataclasses import replace

from asyncwhy.causes.draft import Draft
from asyncwhy.causes.worth import LEAST_S
from asyncwhy.fix.blocking import COMPUTES_NO_FASTER, blocking_call_remedies, cpu_on_loop_remedies
from asyncwhy.fix.javascript import javascript_remedies
from asyncwhy.fix.never import never_awaited_remedies
from asyncwhy.fix.sequence import sequential_awaits_remedies
from asyncwhy.fix.turns import await_in_loop_remedies
from asyncwhy.model import Remedy, Site
from asyncwhy.source import PythonSource
from asyncwhy.source.languages import is_javascript

#: Said of a thread that gains nothing.
TAKES_AS_LONG = "though the run takes as long (threads share the GIL)"


def remedies_of(source: PythonSource, draft: Draft) -> tuple[Remedy, ...]:
    """The remedies of a draft, the best first."""
    if is_javascript(draft.site.file):
        return javascript_remedies(draft)
    if draft.for_answer:
        return draft.remedies
    if draft.cause == "blocking-call" or (draft.cause == "many-small-holds" and draft.operation != "cpu"):
        return blocking_call_remedies(source, draft.site, _outwards(draft), draft.call, draft.replacement)
    if draft.cause in ("cpu-on-loop", "many-small-holds"):
        made = cpu_on_loop_remedies(source, draft.site, _outwards(draft), draft.call, draft.loop)
        return tuple(_in_threads(draft, one) for one in made)
    if draft.cause == "never-awaited":
        name = draft.call.rpartition(".")[2]
        call = source.call_at(draft.site.file, draft.site.line, callee_hint=name)
        return never_awaited_remedies(source, call) if call is not None else draft.remedies
    if draft.cause == "sequential-awaits":
        return sequential_awaits_remedies(source, draft.site.file, draft.awaits)
    if draft.cause == "await-in-loop" and draft.awaits:
        return await_in_loop_remedies(source, draft.site.file, draft.awaits[0])
    return draft.remedies


def _in_threads(draft: Draft, remedy: Remedy) -> Remedy:
    """A diff that sends a computation to threads, with what that alone gains: they share the GIL."""
    if remedy.diff is None or draft.in_threads is None:
        return remedy
    possible, gain = draft.in_threads
    title = remedy.title.replace(COMPUTES_NO_FASTER, TAKES_AS_LONG) if gain < LEAST_S else remedy.title
    return replace(remedy, title=title, possible_s=possible)


def _outwards(draft: Draft) -> tuple[Site, ...]:
    """The stack from the named line outwards."""
    at = draft.stack.index(draft.site) if draft.site in draft.stack else 0
    return draft.stack[at:]
