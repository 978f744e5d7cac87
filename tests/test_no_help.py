"""Where the obvious fix gains nothing, the report says so beforehand; and it is true."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.no_help import Vain, all_vain, check
from tests.observing import OWN, observe, require, settled

VAIN = all_vain()
TIMED = Path(__file__).parent.parent / "benchmarks" / "programs" / "timed.py"
#: A fix that helped would save more than this share.
SAVED = 0.25


def test_there_are_five() -> None:
    assert len(VAIN) >= 5


@pytest.mark.slow
@pytest.mark.parametrize("vain", VAIN, ids=lambda vain: vain.name)
def test_the_report_says_that_it_gains_nothing(vain: Vain, tmp_path: Path, pythons: dict[str, Path]) -> None:
    python = require(pythons, OWN, cores=vain.cores)
    assert not (left := settled(lambda: check(observe(python, vain.asis, tmp_path).report, vain))), left


@pytest.mark.slow
@pytest.mark.parametrize("vain", VAIN, ids=lambda vain: vain.name)
def test_it_gains_nothing(vain: Vain, tmp_path: Path, pythons: dict[str, Path]) -> None:
    python = require(pythons, OWN, cores=vain.cores)

    def took(program: Path) -> float:
        out = tmp_path / "seconds"
        subprocess.run([python, TIMED, out, program], capture_output=True, check=True)
        return float(out.read_text())

    def gains() -> list[str]:
        before, after = took(vain.asis), took(vain.obvious)
        return (
            [f"{vain.fix}: {after:.3f} s instead of {before:.3f} s"] if after < (1 - SAVED) * before else []
        )

    assert not (left := settled(gains)), left
