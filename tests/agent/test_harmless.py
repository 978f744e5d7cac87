"""Observed, a program does what it does alone: output, errors, exit code and signal, byte for byte."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.agent.twice import PROGRAMS, both, program
from tests.observing import OLDEST, OWN, require

VERSIONS = tuple(dict.fromkeys((OWN, OLDEST, "3.12", "3.13")))


@pytest.mark.slow
@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_does_the_same(name: str, version: str, tmp_path: Path, pythons: dict[str, Path]) -> None:
    what = program(name)
    python = require(pythons, version, at_least=what.python)
    alone, observed = both(what, python, tmp_path)
    assert observed.stdout.decode("utf-8", "replace") == alone.stdout.decode("utf-8", "replace")
    assert observed.stderr.decode("utf-8", "replace") == alone.stderr.decode("utf-8", "replace")
    assert observed.exit_code == alone.exit_code
    report = json.loads((tmp_path / "observed" / "report.json").read_text(encoding="utf-8"))
    assert report["program"]["exit_code"] == alone.exit_code
