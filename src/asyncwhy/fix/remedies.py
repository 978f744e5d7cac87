"""Which ways out a finding has: diffs where the source allows them, else the cause's own words."""

from __future__ import annotations

from dataclasses import replace

from asyncwhy.causes.draft import Draft
from asyncwhy.causes.runtimes import is_trio
from asyncwhy.causes.worth import LEAST_S
from asyncwhy.fix.blocking import blocking_call_remedies
from asyncwhy.fix.computing import COMPUTES_NO_FASTER, cpu_on_loop_remedies
from asyncwhy.fix.dialects import in_trio
from asyncwhy.fix.javascript import javascript_remedies
from asyncwhy.fix.never import never_awaited_remedies, never_called_remedies
from asyncwhy.fix.sequence import sequential_awaits_remedies
from asyncwhy.fix.sizes import sized
from asyncwhy.fix.turns import await_in_loop_remedies
from asyncwhy.fix.waking import woken
from asyncwhy.model import Remedy, Safety
from asyncwhy.source import PythonSource
from asyncwhy.source.languages import is_javascript

_OF_AWAITS = ("never-awaited", "sequential-awaits", "await-in-loop")
#: The causes of what holds the loop in calls.
_HOLDS = ("blocking-call", "cpu-on-loop", "gil-held", "many-small-holds")
#: Said of a thread that gains nothing.
TAKES_AS_LONG = "though the run takes as long (threads share the GIL)"


def remedies_of(source: PythonSource, draft: Draft) -> tuple[Remedy, ...]:
    """The remedies of a draft, the best first."""
    made = _remedies(source, draft)
    return tuple(map(in_trio, made)) if is_trio(draft.facts) else made


def _remedies(source: PythonSource, draft: Draft) -> tuple[Remedy, ...]:
    if is_javascript(draft.site.file):
        return javascript_remedies(draft)
    if draft.for_answer:
        return draft.remedies
    if draft.cause in _HOLDS:
        return _holding(source, draft)
    if draft.cause in _OF_AWAITS:
        return _of_awaits(source, draft)
    if draft.cause == "unsafe-wakeup":
        return woken(source, draft.site, draft.remedies)
    if draft.sized_at is not None:
        return sized(source, draft.sized_at, draft.wanted, draft.remedies)
    return draft.remedies


def _of_awaits(source: PythonSource, draft: Draft) -> tuple[Remedy, ...]:
    """Of an await that is missing, or of those that could overlap."""
    if draft.cause == "never-awaited":
        name = draft.call.rpartition(".")[2]
        call = source.call_at(draft.site.file, draft.site.line, callee_hint=name)
        given = call is not None and call.name.rpartition(".")[2] != name
        if call is None or (given and source.given_at(draft.site.file, name)):
            return never_called_remedies(source, draft.site.file, name)
        return never_awaited_remedies(source, call)
    if draft.cause == "sequential-awaits" and draft.awaits:
        return sequential_awaits_remedies(source, draft.site.file, draft.awaits)
    if draft.cause == "await-in-loop" and draft.awaits:
        return await_in_loop_remedies(source, draft.site.file, draft.awaits[0])
    return draft.remedies


def _holding(source: PythonSource, draft: Draft) -> tuple[Remedy, ...]:
    """Of what holds the loop in a call of its own: the catalogue may know better than anything said of the call."""
    often = draft.cause == "many-small-holds"
    waits = draft.cause == "blocking-call" or (often and draft.operation != "cpu")
    if draft.known.advice is not None:
        words = draft.known.advice.words if waits else draft.known.advice.busy
        return (Remedy(words.replace("{call}", draft.call), Safety.SKETCH),)
    if draft.cause == "gil-held":
        return draft.remedies
    if waits:
        return blocking_call_remedies(source, draft.site, draft.stack, draft.call, draft.known.entry)
    made = cpu_on_loop_remedies(
        source,
        draft.site,
        draft.stack,
        draft.call,
        draft.loop,
        draft.known.entry,
        releases_gil=draft.known.releases_gil,
        often=often,
    )
    return tuple(_in_threads(draft, one) for one in made)


def _in_threads(draft: Draft, remedy: Remedy) -> Remedy:
    """A diff that sends a computation to threads, with what that alone gains: they share the GIL."""
    if remedy.diff is None or draft.in_threads is None:
        return remedy
    possible, gain = draft.in_threads
    title = remedy.title.replace(COMPUTES_NO_FASTER, TAKES_AS_LONG) if gain < LEAST_S else remedy.title
    return replace(remedy, title=title, possible_s=possible)
