"""Observed, a program does what it does alone: output, errors, exit code and signal, byte for byte."""

from __future__ import annotations

import json
from itertools import count
from pathlib import Path

import pytest

from tests.agent.twice import PROGRAMS, both, program
from tests.observing import OLDEST, OWN, require, settled

VERSIONS = tuple(dict.fromkeys((OWN, OLDEST, "3.12", "3.13")))
#: The C recorder is tried on all, the pure-Python one on the tests' own interpreter and the oldest.
WAYS = [(version, "native") for version in VERSIONS] + [(version, "pure") for version in (OWN, OLDEST)]


@pytest.mark.slow
@pytest.mark.parametrize(("version", "recorder"), WAYS)
@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_does_the_same(
    name: str, version: str, recorder: str, tmp_path: Path, pythons: dict[str, Path]
) -> None:
    what = program(name)
    python = require(pythons, version, *what.needs, at_least=what.python)
    looks = count(1)

    def differences() -> list[str]:
        folder = tmp_path / str(next(looks))
        folder.mkdir()
        alone, observed = both(what, python, folder, pure=recorder == "pure")
        report = json.loads((folder / "observed" / "report.json").read_text(encoding="utf-8"))
        compared = {
            "stdout": (observed.stdout.decode("utf-8", "replace"), alone.stdout.decode("utf-8", "replace")),
            "stderr": (observed.stderr.decode("utf-8", "replace"), alone.stderr.decode("utf-8", "replace")),
            "exit code": (observed.exit_code, alone.exit_code),
            "exit code told": (report["program"]["exit_code"], alone.exit_code),
        }
        return [
            f"{name}: {one!r}\nand not {other!r}" for name, (one, other) in compared.items() if one != other
        ]

    # For some microseconds at a time the agent has a file open (see `docs/agent.md`): a descriptor that the
    # program opens just then has the next number.
    assert not (left := settled(differences)), "\n".join(left)
