"""One file per verb; `cli.py` lists them."""

from __future__ import annotations

#: Modules with a `VERB`, in the order of the help.
VERBS = ("run", "attach", "report", "compare", "check", "language_server", "explain")
