"""Servers of npm's frameworks under a load of their own: the right cause at the right line.

scripts/setup.sh installs what they need, where npm is; without it they are skipped.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.observing import observe_node, require_package, settled

PROGRAMS = Path(__file__).parent / "node"
FAULTS = {
    "/config": ("blocking-call", "fs.readFileSync("),
    "/basket": ("await-in-loop", "await loadItem(id)"),
    "/login": ("pool-saturated", "await pbkdf2("),
}


@pytest.mark.slow
@pytest.mark.parametrize("path", FAULTS)
@pytest.mark.parametrize("framework", ["express", "fastify"])
def test_the_fault_is_the_dearest_finding(
    framework: str, path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    require_package(framework, PROGRAMS)
    big = tmp_path / "big"
    big.write_bytes(b"x" * 20_000_000)
    monkeypatch.setenv("PATHS", path)
    monkeypatch.setenv("BIG_FILE", os.fspath(big))
    program = PROGRAMS / f"{framework}_app.js"
    cause, text = FAULTS[path]
    (line,) = (n for n, one in enumerate(program.read_text().split("\n"), 1) if text in one)

    def differences() -> list[str]:
        findings = observe_node(program, tmp_path).report["findings"]
        dearest = max(findings, key=lambda one: one["cost_s"] or 0.0, default=None)
        found = dearest and (dearest["cause"], dearest["site"]["line"])
        return [] if found == (cause, line) else [f"{found}, not {(cause, line)}"]

    assert not (left := settled(differences)), left
