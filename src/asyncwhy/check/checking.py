"""Paths in, findings out: the one door of this package."""

from __future__ import annotations

import dataclasses
import gc
import os
import sys
from collections.abc import Iterable
from pathlib import Path

from asyncwhy.catalog import load
from asyncwhy.check import comments
from asyncwhy.check.cache import Signature, Store, signature
from asyncwhy.check.draft import Draft
from asyncwhy.check.externals import Externals
from asyncwhy.check.files import listed
from asyncwhy.check.findings import Wording
from asyncwhy.check.indexing import index
from asyncwhy.check.judging import Judgement
from asyncwhy.check.project import Project
from asyncwhy.check.scope import Scope
from asyncwhy.check.settings import Settings
from asyncwhy.check.values import own_values
from asyncwhy.model import Checked
from asyncwhy.model import Unread as Untold


def check(paths: list[str], settings: Settings, *, cached: bool = True) -> Checked:
    """Check the Python files at and below the paths."""
    collecting = gc.isenabled()
    gc.disable()  # nothing here is freed before the end, and the collector would look for it again and again
    try:
        with own_values():
            if cached:
                return _cached(paths, settings)
            return _checked(paths, settings, Store("", enabled=False))[0]
    finally:
        if collecting:
            gc.enable()


def _cached(paths: list[str], settings: Settings) -> Checked:
    """The last answer, if nothing has changed; else a new one."""
    store = Store("\0".join(sorted(map(os.path.abspath, paths))))
    files, unread = listed(paths, settings.exclude)
    places = [(place, signature(place)) for place in site_packages(paths, settings) if os.path.isdir(place)]
    question = (paths, files, unread, settings, places)
    known = store.answer(question)
    if isinstance(known, Checked):
        return known
    found, rests = _checked(paths, settings, store)
    if not found.unread:
        store.keep_answer(question, rests, found)
    return found


def _checked(paths: list[str], settings: Settings, store: Store) -> tuple[Checked, dict[str, Signature]]:
    files, unread = listed(paths, settings.exclude)
    store.load()
    packed, failed = index(files, store)
    externals = Externals(load(), settings.blocking)
    project = Project(packed, paths, site_packages(paths, settings), externals, store)
    drafts = Judgement(Scope(project), hints=settings.hints).drafts()
    store.save()
    found = told(Wording(project), settings, drafts)
    unread += failed
    untold = tuple(Untold(one.path, one.line, one.reason) for one in unread)
    return dataclasses.replace(found, unread=untold), project.signatures()


def told(wording: Wording, settings: Settings, drafts: list[Draft]) -> Checked:
    """What is found, in words; texts that the wording has read before are not read again."""
    project, wording.sources = wording.project, {}
    wanted = [draft for draft in drafts if _is_wanted(draft, settings)]
    shown = [draft for draft in wanted if settings.hints or not draft.hint]
    findings = sorted(
        map(wording.finding, shown),
        key=lambda one: (one.site.file, one.site.line, one.site.column, one.cause),
    )
    kept, suppressed, unused = comments.apply(findings, project, wording)
    return Checked(
        findings=tuple(kept),
        files=len(project.packed),
        lines=sum(project.known(path).summary.lines for path in project.packed),
        hints=len(wanted) - len(shown),
        suppressed=suppressed,
        unused=tuple(unused),
        sources=wording.sources,
    )


def _is_wanted(draft: Draft, settings: Settings) -> bool:
    if draft.cause in settings.ignore or (settings.select and draft.cause not in settings.select):
        return False
    return draft.weight >= settings.weight


def site_packages(paths: Iterable[str], settings: Settings) -> list[str]:
    """Where the project's packages are installed: as told, else the active environment, the project's own, ours."""
    environments = [settings.python, os.environ.get("VIRTUAL_ENV")]
    folders = [path if os.path.isdir(path) else os.path.dirname(path) for path in paths]
    beside = [os.path.join(folder, "site-packages") for folder in folders]
    environments += [os.path.join(folder, name) for folder in folders for name in (".venv", "venv")]
    found = [place for place in beside if os.path.isdir(place)]
    for environment in environments:
        if environment:
            root = Path(environment)
            root = root.parent.parent if root.is_file() else root
            inside = [str(place) for place in sorted(root.glob("lib/python3.*/site-packages"))]
            if inside:
                return [*found, *inside]
    return [*found, *(path for path in sys.path if path.endswith("site-packages"))]
