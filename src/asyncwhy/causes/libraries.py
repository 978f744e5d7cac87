"""Which libraries a process used: that one was imported, perhaps by another's test for it, says little."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.model import Site

#: What a framework is made of that leaves few traces of its own: named where the framework is.
PARTS = {"fastapi": ("starlette",)}


def used(facts: ProcessFacts) -> set[str]:
    """Of the libraries that tell what kind of program it is, those that ran something: they stand on a stack that is
    no import's, or a task, a callback or a job is theirs."""
    known = {str(name) for name in facts.process.meta.get("frameworks", ())}
    if not known:
        return known
    folders = {str(facts.origins.package(file)).partition(".")[0] for file in _files(facts)}
    if facts.handlers:
        folders.add("fastapi")  # where that is hooked
    folders |= {part for name in folders for part in PARTS.get(name, ())}
    return known & folders


def _files(facts: ProcessFacts) -> set[str]:
    places, process = facts.process.places, facts.process
    importing = {
        number for number, place in places.items() if place.site.file.startswith("<frozen importlib")
    }
    files: set[str] = set()
    for stack in process.stacks.values():
        if importing.isdisjoint(stack):
            files.update(places[number].site.file for number in stack if number in places)
    files.update(site.file for site in _codes(facts))
    return files


def _codes(facts: ProcessFacts) -> Iterator[Site]:
    """Where what ran is defined: tasks, callbacks, jobs and the targets of threads."""
    line = facts.line
    codes = {*np.unique(line.kind).tolist(), *(job.code for job in facts.jobs)}
    places = [*map(line.code_of, codes), *(thread.target for thread in line.threads.values())]
    yield from (place.site for place in places if place is not None)
