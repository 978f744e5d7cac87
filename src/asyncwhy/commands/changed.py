"""Which lines a branch changed, as git tells it: what `check --diff` looks at."""

from __future__ import annotations

import dataclasses
import os
import re
import subprocess

from asyncwhy.errors import CheckError
from asyncwhy.model import Checked

_HUNK = re.compile(r"@@ -\S+ \+(\d+)(?:,(\d+))? @@")
Lines = dict[str, set[int]]


def changed(base: str) -> Lines:
    """The lines that differ from a commit, by real path.  Raises CheckError where git cannot say."""
    top = _git("rev-parse", "--show-toplevel").strip()
    found: Lines = {}
    current: set[int] = set()
    for line in _git("diff", "--unified=0", "--no-color", "--no-ext-diff", f"{base}", "--").splitlines():
        if line.startswith("+++ "):
            name = line[4:].removeprefix("b/")
            current = found.setdefault(os.path.realpath(os.path.join(top, name)), set())
        hunk = _HUNK.match(line)
        if hunk:
            first, count = int(hunk[1]), int(hunk[2] or 1)
            current.update(range(first, first + count))
    return found


def _git(*arguments: str) -> str:
    try:
        done = subprocess.run(
            ["git", *arguments],
            capture_output=True,
            text=True,
            check=True,
            encoding="utf-8",
            errors="replace",
        )
    except FileNotFoundError:
        raise CheckError("--diff needs git") from None
    except subprocess.CalledProcessError as error:
        said = (error.stderr or "").strip().splitlines()
        raise CheckError(f"git: {said[0] if said else 'failed'}") from None
    return done.stdout


def touched(found: Checked, lines: Lines) -> Checked:
    """The findings with a changed line at their site or on their path."""

    def concerns(file: str, line: int) -> bool:
        return line in lines.get(os.path.realpath(file), ())

    kept = tuple(
        finding
        for finding in found.findings
        if any(
            concerns(site.file, site.line)
            for site in (finding.site, *finding.stack, *(part.site for part in finding.related))
        )
    )
    return dataclasses.replace(found, findings=kept)
