"""The Node agent is one file, made of its parts."""

from __future__ import annotations

import runpy
import subprocess
from pathlib import Path

import pytest

from asyncwhy.probes.node import AGENT
from tests.observing import require_node
from tests.test_architecture import LONGEST_FILE, ROOT

MAKES = runpy.run_path(str(ROOT / "scripts" / "node_agent.py"))
PARTS = sorted(MAKES["PARTS"].glob("*"))


def test_the_agent_is_what_its_parts_make() -> None:
    assert AGENT.read_text(encoding="utf-8") == MAKES["joined"](), "run python scripts/node_agent.py"


def test_every_part_is_joined() -> None:
    assert [path.name for path in PARTS] == sorted(f"{name}.js" for name in MAKES["ORDER"])


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_a_part_is_short_and_can_be_parsed(part: Path) -> None:
    require_node()
    assert len(part.read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE
    subprocess.run(["node", "--check", str(part)], check=True)
