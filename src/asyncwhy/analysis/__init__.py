"""Trace -> facts: pure functions, no wording, no I/O."""
