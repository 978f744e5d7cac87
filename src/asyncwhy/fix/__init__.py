"""Findings to patches: every remedy is a unified diff that compiles, or words where no diff can be given."""

from __future__ import annotations

from asyncwhy.fix.blocking import blocking_call_remedies
from asyncwhy.fix.computing import cpu_on_loop_remedies
from asyncwhy.fix.edits import apply_diff, compiles
from asyncwhy.fix.never import never_awaited_remedies
from asyncwhy.fix.sequence import sequential_awaits_remedies
from asyncwhy.fix.turns import await_in_loop_remedies

__all__ = [
    "apply_diff",
    "await_in_loop_remedies",
    "blocking_call_remedies",
    "compiles",
    "cpu_on_loop_remedies",
    "never_awaited_remedies",
    "sequential_awaits_remedies",
]
