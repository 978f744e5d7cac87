"""Which suites there are: `catalogue.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path

FILE = Path(__file__).with_name("catalogue.toml")


@dataclass(frozen=True)
class Suite:
    """One suite: of the interpreter's own library (`module`) or of a source release."""

    name: str
    module: str = ""
    release: str = ""
    installed: str = ""  # tests that are installed with the package, below it
    tests: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    quick: tuple[str, ...] = ()
    observed: dict[str, str] = field(default_factory=dict)  # end of a test's name -> why it may differ

    def reason(self, test: str) -> str:
        """Why a test may differ; empty for those that may not."""
        return next((why for name, why in self.observed.items() if f".{test}".endswith(f".{name}")), "")


def names() -> list[str]:
    """All of them."""
    return list(_table())


def suites(wanted: list[str]) -> list[Suite]:
    """Those that are wanted, or all."""
    return [_suite(name, entry) for name, entry in _table().items() if not wanted or name in wanted]


def _table() -> dict[str, dict[str, object]]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def _suite(name: str, entry: dict[str, object]) -> Suite:
    observed = {one["test"]: one["reason"] for one in entry.pop("observed", [])}  # type: ignore[attr-defined]
    made = {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}
    return Suite(name, observed=observed, **made)  # type: ignore[arg-type]
