"""The Python agent.  `inject/` is put on PYTHONPATH of the observed program, and nothing else is."""
