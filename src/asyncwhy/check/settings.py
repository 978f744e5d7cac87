"""What a project asks of `check`, in the `[tool.asyncwhy]` table of its pyproject.toml."""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from asyncwhy.catalog import KINDS, Entry
from asyncwhy.errors import CheckError

#: The keys of the table; more of them would be a language.
KEYS = frozenset(
    {"exclude", "select", "ignore", "weight", "fail-on", "baseline", "blocking", "python", "hints"}
)


@dataclass(frozen=True, slots=True)
class Settings:
    """`weight` is the least that a blocking call must weigh (3 always slow, 2 disk and TLS, 1 stat)."""

    exclude: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    weight: int = 1
    fail_on: tuple[str, ...] = ("any",)
    baseline: str | None = None
    python: str | None = None
    hints: bool = False
    blocking: dict[str, Entry] = field(default_factory=dict)


def load(start: str) -> Settings:
    """The settings that hold for a path: those of the nearest pyproject.toml above it that has the table."""
    folder = os.path.abspath(start if os.path.isdir(start) else os.path.dirname(start) or ".")
    while True:
        file = Path(folder, "pyproject.toml")
        if file.is_file():
            found = _table(file)
            if found is not None:
                return _settings(found, file)
        above = os.path.dirname(folder)
        if above == folder:
            return Settings()
        folder = above


def _table(file: Path) -> dict[str, Any] | None:
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CheckError(f"cannot read {file}: {error}") from None
    found = document.get("tool", {}).get("asyncwhy")
    return found if isinstance(found, dict) else None


def _settings(table: dict[str, Any], file: Path) -> Settings:
    for key in table:
        if key not in KEYS:
            raise CheckError(
                f"{file}: [tool.asyncwhy] has no key `{key}` (there are: {', '.join(sorted(KEYS))})"
            )
    weight = table.get("weight", 1)
    if weight not in (1, 2, 3):
        raise CheckError(f"{file}: `weight` is 1, 2 or 3")
    baseline = table.get("baseline")
    return Settings(
        exclude=_words(table, "exclude", file),
        select=_words(table, "select", file),
        ignore=_words(table, "ignore", file),
        weight=weight,
        fail_on=_words(table, "fail-on", file) or ("any",),
        baseline=str(file.parent / baseline) if isinstance(baseline, str) else None,
        python=str(table["python"]) if "python" in table else None,
        hints=bool(table.get("hints", False)),
        blocking=_entries(table.get("blocking", {}), file),
    )


def _words(table: dict[str, Any], key: str, file: Path) -> tuple[str, ...]:
    found = table.get(key, [])
    if not isinstance(found, list) or not all(isinstance(word, str) for word in found):
        raise CheckError(f"{file}: `{key}` is a list of strings")
    return tuple(found)


def _entries(table: Any, file: Path) -> dict[str, Entry]:
    """`"mypkg.call" = "asyncio.to_thread"`, or a table with kind, tier and replacement."""
    if not isinstance(table, dict):
        raise CheckError(f"{file}: `blocking` is a table of dotted names")
    made: dict[str, Entry] = {}
    for name, said in table.items():
        fields = said if isinstance(said, dict) else {"replacement": str(said)}
        kind, tier = fields.get("kind", "net"), fields.get("tier", "A")
        if kind not in KINDS or tier not in ("A", "B", "C"):
            raise CheckError(f"{file}: `{name}` has an unknown kind or tier")
        made[name] = Entry(
            name, kind, tier, fields.get("replacement", ""), "", verified=False, source=str(file)
        )
    return made
