"""One project kept in memory: after an edit only the edited file is summarised again, and only what it moves is asked."""

from __future__ import annotations

import dataclasses
import logging
import os
from typing import Any

from asyncwhy.catalog import load
from asyncwhy.check import baseline
from asyncwhy.check.cache import Signature, Store, signature
from asyncwhy.check.checking import site_packages, told
from asyncwhy.check.externals import Externals
from asyncwhy.check.files import Unread, digest, listed
from asyncwhy.check.findings import Wording
from asyncwhy.check.following import FollowedProject, Following
from asyncwhy.check.indexing import index, summary_of
from asyncwhy.check.judging import Judgement, Said
from asyncwhy.check.outline import properties, shows_the_same
from asyncwhy.check.project import Source
from asyncwhy.check.settings import Settings
from asyncwhy.errors import CheckError
from asyncwhy.model import Checked

_log = logging.getLogger(__name__)


class Session:
    """`folder` is the project, or a file that is one by itself; paths are absolute."""

    def __init__(self, folder: str, settings: Settings, *, cached: bool = True) -> None:
        self.folder = folder
        self.asked = settings
        self.complaint = ""  # of a baseline that cannot be read
        self.weights: dict[
            tuple[str, str, int, str], int
        ] = {}  # by cause, file, line and call; 1 where unsure
        if settings.python:
            settings = dataclasses.replace(settings, python=os.path.join(folder, settings.python))
        self.settings = settings
        self.texts: dict[str, bytes] = {}
        self.broken: dict[str, Unread] = {}  # what cannot be parsed now; it is known as it last was
        self.store = Store(folder, enabled=cached)  # the one that `asyncwhy check folder` keeps
        self._pending: set[str] = set()
        self._contents: dict[str, bytes] = {}
        self._seen: dict[str, Signature] = {}
        self._project: FollowedProject | None = None

    def edit(self, path: str, text: bytes | None) -> None:
        """Take a text instead of the file's own, until None is given."""
        if text is None:
            self.texts.pop(path, None)
        else:
            self.texts[path] = text
        self._pending.add(path)

    def _listed(self) -> list[str]:
        """The project's files, and those that an editor has never saved."""
        files, _ = listed([self.folder], self.settings.exclude)
        below = self.folder.rstrip(os.sep) + os.sep
        return files + [path for path in self.texts if path.startswith(below) and not os.path.exists(path)]

    def look(self) -> None:
        """Take in what has changed on the disk: files that are new or gone, and others' edits."""
        files = self._listed()
        if self._project is not None and set(files) != self._project.packed.keys() | self.broken.keys():
            self._project = None
        self._pending.update(path for path, seen in self._seen.items() if _signature(path) != seen)

    @property
    def is_new(self) -> bool:
        """Whether nothing is known yet, so that an answer takes its time."""
        return self._project is None

    @property
    def said(self) -> dict[str, Said]:
        """What each file says, as it is kept."""
        return self._judgement.said

    def has(self, path: str) -> bool:
        """Whether a file belongs to the project, as far as it is known."""
        return self._project is None or path in self._project.packed or path in self.broken

    def answer(self) -> Checked:
        """What is found now."""
        if self._project is None:
            self._begin()
        else:
            try:
                before = self._edited()
                if before is None:
                    self._begin()
                else:
                    self._follow(before)
            except Exception:  # noqa: BLE001 (whatever it is, asking anew is right)
                _log.exception("an edit could not be followed: everything is asked again")
                self._begin()
        assert self._project is not None
        drafts = self._judgement.drafts()
        self.weights = {
            (one.cause, one.place.path, one.place.line, one.call): 1 if one.hint else one.weight
            for one in drafts
        }
        found = told(self._wording, self.settings, drafts)
        found = dataclasses.replace(
            found, findings=tuple(one for one in found.findings if one.site.file not in self.broken)
        )
        self.complaint = ""
        if self.settings.baseline and os.path.exists(self.settings.baseline):
            try:
                return baseline.apply(found, baseline.read(self.settings.baseline), self.folder)
            except CheckError as error:
                self.complaint = str(error)
        return found

    def _begin(self) -> None:
        """Ask everything."""
        files = self._listed()
        self.store.load()
        packed, failed = index(files, self.store)
        self.store.save()
        self.broken = {one.path: one for one in failed}
        self._seen = {path: _signature(path) for path in files}
        self._contents.clear()
        places = site_packages([self.folder], self.settings)
        externals = Externals(load(), self.settings.blocking)
        self._project = FollowedProject(packed, [self.folder], places, externals, self.store)
        self._project.texts = self.texts
        self._wording = Wording(self._project)
        self._pending.update(self.texts)
        self._edited()  # nothing has been asked yet: it needs no following
        self._scope = Following(self._project)
        self._judgement = Judgement(self._scope, hints=self.settings.hints)

    def _edited(self) -> dict[str, Source] | None:
        """Summarise again what was edited; the files that have another summary, as they were before.  None where a
        file is new."""
        project = self._project
        assert project is not None
        before: dict[str, Source] = {}
        is_new = False
        pending, self._pending = self._pending, set()
        for path in pending:
            self._wording.forget(path)
            if path not in project.packed and path not in self.broken:
                continue
            self._seen[path] = _signature(path)
            try:
                data = project.content(path)
            except (OSError, ValueError):
                continue  # it is gone; `look` says so
            key = digest(data)
            if self._contents.get(path) == key:
                continue
            self._contents[path] = key
            _, _, packed, line, reason = summary_of(path, data)
            if packed is None:
                self.broken[path] = Unread(path, line, reason)
                continue
            self.broken.pop(path, None)
            if path not in project.packed:
                project.packed[path] = packed
                is_new = True
            elif project.packed[path] != packed:
                before[path] = project.known(path)
                project.replace(path, packed)
        return None if is_new else before

    def _follow(self, before: dict[str, Source]) -> None:
        """Forget and ask again, from the edited files to their readers, until nothing moves."""
        project, scope, calling = self._project, self._scope, self._judgement.calling
        assert project is not None
        moved = {path for path, was in before.items() if self._shows_otherwise(path, was)}
        if moved or any(len(was.classes) != len(project.known(path).classes) for path, was in before.items()):
            sources = (*before.values(), *map(project.known, before))
            self._judgement.forget_functions(calling.overriding.forget(before, sources))
            if any(properties(was) != properties(project.known(path)) for path, was in before.items()):
                calling.properties = calling.property_names()
                calling.nodes.clear()
        heard: dict[str, dict[Any, Any]] = {}
        suspects, settled = set(before), False
        while not settled:
            for path in suspects:
                dropped = scope.drop(path)
                heard.setdefault(path, dropped)
            for path in suspects - moved:
                if any(scope.again(question) != was for question, was in heard[path].items()):
                    moved.add(path)
            wider = suspects | {path for path in scope.readers(moved) if path}
            settled, suspects = wider == suspects, wider
        self._judgement.forget(suspects)

    def _shows_otherwise(self, path: str, was: Source) -> bool:
        project = self._project
        assert project is not None
        looked_into = self._scope.looked_into.get(path, set())
        return not shows_the_same(was, project.known(path), looked_into)


def _signature(path: str) -> Signature:
    """A file's, or that of none."""
    try:
        return signature(path)
    except OSError:
        return (0, 0, 0)
