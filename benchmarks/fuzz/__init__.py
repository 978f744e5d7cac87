"""Fuzzing of what reads files: the trace, and the streams of the agents."""
