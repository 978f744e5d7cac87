"""The projects of the open files: one session each, with the settings that hold now."""

from __future__ import annotations

import gc
import os
import tokenize
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from asyncwhy.check import settings as project_settings
from asyncwhy.check.session import Session
from asyncwhy.errors import CheckError
from asyncwhy.model import Checked, Finding

_MARKS = ("pyproject.toml", ".git")


@dataclass(frozen=True, slots=True)
class Answer:
    """What is found in a project; `complaint` is said where its settings make no sense, and the last good ones hold."""

    found: Checked
    weights: Mapping[tuple[str, str, int, str], int]
    complaint: str = ""

    def weight(self, finding: Finding) -> int:
        """How much a finding weighs: 3 always slow, 2 disk, 1 what is unsure."""
        return self.weights.get((finding.cause, finding.site.file, finding.site.line, finding.call), 3)


class Projects:
    """All of them; used by one thread."""

    def __init__(self) -> None:
        self._sessions: dict[str, Session] = {}
        self._strangers: dict[
            str, frozenset[str]
        ] = {}  # open files that do not belong to their folder's project

    def check(self, root: str, texts: Mapping[str, str], *, look: bool) -> Answer:
        """What is found in a project with these unsaved texts; `look` where the disk may have changed."""
        session, complaint = self._session(root)
        if session.texts.keys() - texts.keys():
            look = True  # what was open may never have been saved
        for path in session.texts.keys() - texts.keys():
            session.edit(path, None)
        for path, text in texts.items():
            data = encoded(text)
            if session.texts.get(path) != data:
                session.edit(path, data)
        strangers = frozenset(path for path in texts if not session.has(path))
        if look or strangers - self._strangers.get(root, frozenset()):
            session.look()
        self._strangers[root] = strangers
        was_new = session.is_new
        found = session.answer()
        if was_new:
            gc.collect()
            gc.freeze()  # what is kept for good need not be looked through again and again
        return Answer(found, session.weights, complaint or session.complaint)

    def _session(self, root: str) -> tuple[Session, str]:
        known = self._sessions.get(root)
        try:
            wanted = project_settings.load(root)
        except CheckError as error:
            if known is None:
                known = self._sessions[root] = Session(root, project_settings.Settings())
            return known, str(error)
        if known is None or known.asked != wanted:
            known = self._sessions[root] = Session(root, wanted)
        return known, ""


def root_of(path: str, folders: list[str]) -> str:
    """The project of a file: the editor's folder around it, else the nearest that looks like one, else itself."""
    around = [folder for folder in folders if path.startswith(folder.rstrip(os.sep) + os.sep)]
    if around:
        return min(around, key=len)
    for above in Path(path).parents:
        if any((above / mark).exists() for mark in _MARKS):
            return str(above)
    return path


def encoded(text: str) -> bytes:
    """A text as the file would hold it, in the encoding that it declares."""
    data = text.encode("utf-8", "replace")
    try:
        encoding, _ = tokenize.detect_encoding(BytesIO(data).readline)
        return data if encoding.startswith("utf-8") else text.encode(encoding, "replace")
    except (SyntaxError, LookupError):
        return data
