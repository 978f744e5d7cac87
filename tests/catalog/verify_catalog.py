"""Checks the catalogue against real interpreters and packages; run by hand, not by pytest.

    PYTHONPATH=src python tests/catalog/verify_catalog.py [PYTHON ...]

For each interpreter given (default: the running one) a probe without any dependency is started in it.  It
resolves every name of every installed package to a real, plain callable, every replacement to something that
exists, and every frame and offload to a function in its file.  A package that is not installed is listed, not
failed; frames that no interpreter has are listed last.  Exit code 1 when a name is wrong, so that its row is
corrected or dropped.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from asyncwhy.catalog import load


def catalogue() -> str:
    """What the probe needs, as JSON."""
    catalog = load("python")
    back: dict[str, list[str]] = {}
    for spelling, name in catalog.aliases.items():
        back.setdefault(name, []).append(spelling)
    return json.dumps(
        {
            "entries": [
                [entry.name, entry.replacement, entry.verified, entry.until, entry.gil, entry.package]
                for entry in catalog.entries.values()
            ],
            "back": back,
            "returns": dict(catalog.returns),
            "frames": sorted({*catalog.frames, *catalog.offloads, *catalog.advice}),
        },
    )


def main(interpreters: list[str]) -> int:
    """One report per interpreter; 1 where any has something wrong, or none has a frame."""
    probe = Path(__file__).with_name("probe_names.py")
    failed = 0
    nowhere: set[str] | None = None
    for interpreter in interpreters or [sys.executable]:
        print(f"== {interpreter}", flush=True)
        ran = subprocess.run([interpreter, str(probe)], input=catalogue(), text=True, stdout=subprocess.PIPE)
        failed |= ran.returncode
        missing = {line for line in ran.stdout.splitlines() if line.startswith("FRAME")}
        nowhere = missing if nowhere is None else nowhere & missing
        print(*(line for line in ran.stdout.splitlines() if line not in missing), sep="\n")
    print("== frames that none of them has", *sorted(nowhere or ()), sep="\n")
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
