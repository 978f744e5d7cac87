"""How a program ended that did not end by itself: by an exception that nobody caught, or by a signal."""

from __future__ import annotations

import signal

from asyncwhy.analysis.facts import Facts, ProcessFacts
from asyncwhy.model import Site

#: What CPython exits with after it has printed a traceback.
UNCAUGHT = 1


def exception(facts: Facts) -> str | None:
    """The exception that ended the run: its type, and the user's line that raised it or led to it."""
    first = _first(facts)
    told = first and first.process.meta.get("uncaught")
    if not first or not told or facts.trace.run.get("exit_code") != UNCAUGHT:
        return None
    sites = [Site(str(file), int(line), 0, str(function), None) for file, line, function in told["lines"]]
    site = first.origins.user_site(sites) or next(iter(sites), None)
    name = f"{told['type']} (in {_article(told['group'])})" if told["group"] else str(told["type"])
    return f"{name} at {site.file.rpartition('/')[2]}:{site.line}" if site else name


def early(facts: Facts) -> str:
    """How the program was cut short, in words that follow "it"; empty if it was not."""
    died = exception(facts)
    if died:
        return f"ended with {_article(died)}"
    code = facts.trace.run.get("exit_code")
    if code is None or code >= 0 or facts.endless:
        return ""
    try:
        return f"was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"was ended by signal {-code}"


def _first(facts: Facts) -> ProcessFacts | None:
    """The process that was started first: its exit code is the run's."""
    pids = {process.pid for process in facts.processes}
    return next((one for one in facts.processes if one.process.meta.get("parent") not in pids), None)


def _article(name: str) -> str:
    return f"{'an' if name[:1] in 'AEIOU' else 'a'} {name}"
