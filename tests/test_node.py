"""Programs of Node.js: the sick ones get their cause at their line, the others nothing; none is changed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from asyncwhy.probes.node import AGENT
from tests.observing import node_version, observe_node, require_node, require_node_of, settled
from tests.specimens import HEALTHY, Specimen, check, node_specimens

SPECIMENS = node_specimens()
VERSIONS = (18, 20, 22, 24)
#: What each of them rests on: wrappers, the profiler, promise hooks, libuv's pool, an agent's connections.
OF_EACH_VERSION = (
    "blocking-call",
    "cpu-on-loop",
    "serialised-by-lock",
    "pool-saturated",
    "concurrency-limit",
)
HEALTHY_PROGRAMS = sorted((Path(__file__).parent / "healthy" / "node").glob("*.*js"))
PROGRAMS = Path(__file__).parent / "agent" / "programs" / "node"


@pytest.mark.slow
@pytest.mark.parametrize("twin", ["sick", "cured"])
@pytest.mark.parametrize("specimen", SPECIMENS, ids=lambda specimen: specimen.name)
def test_specimen(specimen: Specimen, twin: str, tmp_path: Path) -> None:
    if (os.cpu_count() or 1) < specimen.cores:
        pytest.skip(f"the program needs {specimen.cores} processor cores to lose anything")

    def differences() -> list[str]:
        observed = observe_node(specimen.sick if twin == "sick" else specimen.cured, tmp_path)
        assert observed.exit_code == 0, observed.output
        return check(observed.report, specimen.expected if twin == "sick" else HEALTHY, observed.outside_s)

    assert not (left := settled(differences)), "\n".join(left)


@pytest.mark.slow
@pytest.mark.parametrize("cause", OF_EACH_VERSION)
@pytest.mark.parametrize("major", VERSIONS)
def test_a_specimen_on_other_versions(major: int, cause: str, tmp_path: Path) -> None:
    if major == node_version():
        pytest.skip(f"Node.js {major} is the one of the other tests")
    node = require_node_of(major)
    (specimen,) = (one for one in SPECIMENS if one.name == f"{cause}/node")

    def differences() -> list[str]:
        observed = observe_node(specimen.sick, tmp_path, node=node)
        assert observed.exit_code == 0, observed.output
        return check(observed.report, specimen.expected, observed.outside_s)

    assert not (left := settled(differences)), "\n".join(left)


@pytest.mark.slow
@pytest.mark.parametrize("program", HEALTHY_PROGRAMS, ids=lambda program: program.stem)
def test_a_healthy_program_gets_no_finding(program: Path, tmp_path: Path) -> None:
    def differences() -> list[str]:
        observed = observe_node(program, tmp_path)
        assert observed.exit_code == 0, observed.output
        return check(observed.report, HEALTHY)

    assert not (left := settled(differences)), "\n".join(left)


def test_the_agent_can_be_parsed() -> None:
    require_node()
    subprocess.run(["node", "--check", str(AGENT)], check=True)


@pytest.mark.parametrize("program", sorted(PROGRAMS.glob("*.*js")), ids=lambda program: program.stem)
def test_what_a_program_prints_and_how_it_ends_is_the_same(program: Path, tmp_path: Path) -> None:
    require_node()
    alone = subprocess.run(["node", str(program)], capture_output=True, cwd=tmp_path)
    report = tmp_path / "report.json"
    command = [sys.executable, "-m", "asyncwhy", "run", "--report", str(report), "--", "node", str(program)]
    observed = subprocess.run(command, capture_output=True, cwd=tmp_path)
    assert (observed.stdout, observed.stderr, observed.returncode) == (
        alone.stdout,
        alone.stderr,
        alone.returncode,
    )
    assert report.exists()
