"""Findings for other tools, for pull requests, and beside a measured run."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

SICK = "import time\n\n\ndef h():\n    time.sleep(0.2)\n\n\nasync def f():\n    h()\n"


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "asyncwhy", *arguments], capture_output=True, text=True, cwd=folder
    )


def test_sarif_has_the_path_as_a_code_flow(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(SICK)
    log = json.loads(run(tmp_path, "check", "--no-cache", "--format", "sarif").stdout)
    (result,) = log["runs"][0]["results"]
    steps = result["codeFlows"][0]["threadFlows"][0]["locations"]
    lines = [step["location"]["physicalLocation"]["region"]["startLine"] for step in steps]
    assert (result["ruleId"], lines) == ("blocking-call", [9, 5])


def test_github(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(SICK)
    done = run(tmp_path, "check", "--no-cache", "--format", "github")
    assert done.stdout.startswith("::warning file=a.py,line=5,col=5,")
    assert done.stdout.count("\n") == 1


def git(folder: Path, *arguments: str) -> None:
    who = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


def test_only_what_changed(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(SICK)
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "one")
    (tmp_path / "a.py").write_text(SICK + "\n\nasync def g():\n    time.sleep(1)\n")
    done = run(tmp_path, "check", "--no-cache", "--format", "concise", "--diff", "HEAD")
    assert [line.partition(": ")[0] for line in done.stdout.splitlines()] == ["a.py:13:5"]
    assert run(tmp_path, "check", "--diff", "nowhere").returncode == 2


def test_with_a_measured_run(tmp_path: Path) -> None:
    text = SICK + "\n\nasync def never():\n    open('x')\n\n\nimport asyncio\n\nasyncio.run(f())\n"
    (tmp_path / "a.py").write_text(text)
    run(tmp_path, "run", "-o", "a.trace", "a.py")
    document = json.loads(
        run(tmp_path, "check", "--no-cache", "--format", "json", "--trace", "a.trace").stdout
    )
    seen, unseen = document["findings"]
    assert (seen["call"], seen["cost_s"] > 0.1) == ("time.sleep", True)
    assert "not seen" in unseen["headline"]
