"""Where suites run: an environment with what they need, and the unpacked source releases."""

from __future__ import annotations

import subprocess
import sys
import tarfile
from pathlib import Path

from benchmarks.environment import ROOT, base

REQUIREMENTS = Path(__file__).with_name("requirements.txt")
SOURCES = ROOT / "build" / "suites"
OTHERS = ("3.12", "3.13", "3.11", "3.10")


def python(version: str) -> str:
    """The interpreter with what the suites need; made on first use, and again when the requirements change."""
    folder = ROOT / ".venvs" / f"suites-{version}"
    stamp, own, wanted = folder / ".stamp", folder / "bin" / "python", REQUIREMENTS.read_text()
    if own.exists() and stamp.exists() and stamp.read_text() == wanted:
        return str(own)
    print(f"making {folder.relative_to(ROOT)} (once)", file=sys.stderr)
    if not own.exists():
        subprocess.run([base((version,)), "-m", "venv", folder], check=True)
    lines = [line for line in wanted.splitlines() if line and not line.startswith("#")]
    if subprocess.run([own, "-m", "pip", "install", "--quiet", *lines], capture_output=True).returncode:
        for line in lines:  # one by one: what does not install here is left out, and its tests are skipped
            if subprocess.run([own, "-m", "pip", "install", "--quiet", line], capture_output=True).returncode:
                print(f"{line} cannot be installed here: left out", file=sys.stderr)
    stamp.write_text(wanted)
    return str(own)


def library(module: str, version: str) -> tuple[str, str]:
    """The first interpreter whose own library has that module of tests, the wanted version before others: some
    distributions leave some out."""
    asked = f"from importlib.util import find_spec; raise SystemExit(not find_spec('test.{module}'))"
    for tried in (version, *OTHERS):
        own = base((tried,))
        if subprocess.run([own, "-c", asked], capture_output=True).returncode == 0:
            return tried, own
    raise SystemExit(f"no interpreter here has test.{module}")


def sources(release: str, interpreter: str) -> Path:
    """The unpacked source release, fetched from PyPI if need be."""
    name, _, version = release.partition("==")
    folder = SOURCES / f"{name}-{version}"
    if not folder.exists():
        SOURCES.mkdir(parents=True, exist_ok=True)
        fetch = [
            "download",
            "--quiet",
            "--no-deps",
            "--no-binary",
            ":all:",
            release,
            "-d",
            SOURCES,
        ]
        subprocess.run([interpreter, "-m", "pip", *fetch], check=False, capture_output=True)
        with tarfile.open(SOURCES / f"{name}-{version}.tar.gz") as archive:
            archive.extractall(SOURCES, filter="data")
    return folder
