"""Findings that were there before: a file of them, compared without line numbers, which move."""

from __future__ import annotations

import dataclasses
import json
import os
from collections import Counter
from pathlib import Path

from asyncwhy.errors import CheckError
from asyncwhy.model import Checked, Finding

_SCHEMA = "asyncwhy.baseline/1"
Known = Counter[tuple[str, ...]]


def _key(finding: Finding, folder: str = "") -> tuple[str, ...]:
    file = os.path.relpath(finding.site.file, folder) if folder else finding.site.file
    return (finding.cause, file.replace("\\", "/"), finding.site.function, finding.call)


def write(path: str, found: Checked) -> None:
    """Keep what was found as known."""
    rows = sorted(list(_key(finding)) for finding in found.findings)
    try:
        Path(path).write_text(
            json.dumps({"schema": _SCHEMA, "known": rows}, indent=1) + "\n", encoding="utf-8"
        )
    except OSError as error:
        raise CheckError(f"cannot write the baseline {path}: {error.strerror}") from None


def read(path: str) -> Known:
    """What is known: how often each."""
    try:
        document = json.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise CheckError(f"cannot read the baseline {path}: {error.strerror}") from None
    except ValueError:
        raise CheckError(f"{path} is no baseline") from None
    if not isinstance(document, dict) or document.get("schema") != _SCHEMA:
        raise CheckError(f"{path} is no baseline")
    return Counter(tuple(map(str, row)) for row in document.get("known", []))


def apply(found: Checked, known: Known, folder: str = "") -> Checked:
    """What was found without what is known; a second finding of the same kind at the same place is new.

    Where `folder` is given, the baseline names files as they go on from there.
    """
    left = Counter(known)
    fresh: list[Finding] = []
    for finding in found.findings:
        key = _key(finding, folder)
        if left[key] > 0:
            left[key] -= 1
        else:
            fresh.append(finding)
    return dataclasses.replace(found, findings=tuple(fresh), known=len(found.findings) - len(fresh))
