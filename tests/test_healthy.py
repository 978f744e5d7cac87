"""Healthy programs of varied kinds get no finding: a tool that cries wolf is not believed the next time."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.observing import OLDEST, OWN, observe, require, settled
from tests.specimens import HEALTHY, check

PROGRAMS = sorted((Path(__file__).parent / "healthy").glob("*.py"))
NEEDS = {"task_group": (3, 11)}
LOOPS = [(OWN, False), (OWN, True), (OLDEST, False)]


def test_there_are_twenty() -> None:
    assert len(PROGRAMS) >= 20


@pytest.mark.slow
@pytest.mark.parametrize(
    ("version", "on_uvloop"),
    LOOPS,
    ids=[f"{version}-{'uvloop' if uv else 'asyncio'}" for version, uv in LOOPS],
)
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.stem)
def test_a_healthy_program_gets_no_finding(
    program: Path, version: str, on_uvloop: bool, tmp_path: Path, pythons: dict[str, Path]
) -> None:
    modules = ["uvloop"] if on_uvloop else []
    python = require(pythons, version, *modules, at_least=NEEDS.get(program.stem, (3, 9)))

    def differences() -> list[str]:
        observed = observe(python, program, tmp_path, uvloop=on_uvloop)
        assert observed.exit_code == 0, observed.output
        return check(observed.report, HEALTHY)

    assert not (left := settled(differences)), "\n".join(left)
