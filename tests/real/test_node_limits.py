"""Limits and locks of npm's packages: named at their line when they hold others up, and not when they do not.

scripts/setup.sh installs what they need, where npm is; without it they are skipped.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.observing import observe_node, require_package, settled

PROGRAMS = Path(__file__).parent / "node"
LIMITS = {
    "p-limit": ("p_limit.js", 2, "concurrency-limit", "const limit = pLimit(", 0.4),
    "async-mutex": ("async_mutex.js", 1, "serialised-by-lock", "await pass(100)", 0.9),
    "undici": ("undici_client.js", 1, "concurrency-limit", "const client = new Client(", 0.9),
}


@pytest.mark.slow
@pytest.mark.parametrize("package", LIMITS)
def test_a_package_that_lets_few_through_is_named(
    package: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    require_package(package, PROGRAMS)
    program, few, cause, text, gain_s = LIMITS[package]
    (line,) = (n for n, one in enumerate((PROGRAMS / program).read_text().split("\n"), 1) if text in one)

    def differences() -> list[str]:
        monkeypatch.setenv("AT_ONCE", str(few))
        found = [
            (one["cause"], one["site"]["line"])
            for one in observe_node(PROGRAMS / program, tmp_path).report["findings"]
            if (one["gain_s"] or 0.0) > gain_s / 2
        ]
        monkeypatch.setenv("AT_ONCE", "10")
        cured = [one["cause"] for one in observe_node(PROGRAMS / program, tmp_path).report["findings"]]
        wrong = [] if found == [(cause, line)] else [f"{found}, not {(cause, line)}"]
        return wrong + ([f"the cured one has {cured}"] if cause in cured else [])

    assert not (left := settled(differences)), left
