"""Programs for which the fix that suggests itself gains nothing, and what a report must say of that beforehand.

`specimens/no-help/<name>/` holds `asis.py`, `obvious.py` with that fix, and `answer.toml`:

    fix = "max_workers=8"               # in words
    verdict = ["partly"]                # those that are right for asis.py
    says = ["would gain nothing"]       # texts that the report must hold, all of them
    limit = "async with self._turn:"    # a text that stands once in asis.py: the line that is the limit then;
                                        # a list: any of them
    cores = 2                           # where it can be tried at all
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.specimens import SPECIMENS


@dataclass(frozen=True)
class Vain:
    """A program, and the fix that does not help it."""

    name: str
    folder: Path
    fix: str
    verdicts: tuple[str, ...]
    says: tuple[str, ...]
    limits: tuple[int, ...]
    cores: int

    @property
    def asis(self) -> Path:
        return self.folder / "asis.py"

    @property
    def obvious(self) -> Path:
        return self.folder / "obvious.py"


def all_vain() -> tuple[Vain, ...]:
    """Every one, by name."""
    return tuple(_read(path.parent) for path in sorted((SPECIMENS / "no-help").glob("*/answer.toml")))


def _read(folder: Path) -> Vain:
    table = tomllib.loads((folder / "answer.toml").read_text(encoding="utf-8"))
    lines = (folder / "asis.py").read_text(encoding="utf-8").splitlines()
    texts = [table["limit"]] if isinstance(table["limit"], str) else table["limit"]
    limits = [number for text in texts for number, line in enumerate(lines, 1) if text in line]
    assert len(limits) == len(texts), f"{folder}: {texts} stand in lines {limits}"
    return Vain(
        folder.name,
        folder,
        table["fix"],
        tuple(table["verdict"]),
        tuple(table["says"]),
        tuple(limits),
        table.get("cores", 1),
    )


def check(report: dict[str, Any], vain: Vain) -> list[str]:
    """What the report does not say."""
    told = " ".join(_texts(report))
    named = {finding["site"]["line"] for finding in report["findings"]}
    missing = [f"it does not say {text!r}: {told}" for text in vain.says if text not in told]
    if report["verdict"] not in vain.verdicts:
        missing.append(f"the verdict is {report['verdict']}")
    if not any(limit in named or f"line {limit}" in told for limit in vain.limits):
        missing.append(f"it does not name the limit, one of lines {vain.limits}: {told}")
    return missing


def _texts(report: dict[str, Any]) -> Iterator[str]:
    yield from report["explanation"]
    for finding in report["findings"]:
        yield finding["message"]
        yield finding["label"]
        yield from (remedy["title"] for remedy in finding["remedies"])
