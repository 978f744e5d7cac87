"""The environment of the observed programs: CPython with the peers, made once beside the tests' own."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOST = ROOT / ".venv" / "bin" / "python"
FOLDER = ROOT / ".venvs" / "benchmarks"
REQUIREMENTS = Path(__file__).with_name("requirements.txt")
#: Peers want 3.12; what is there of the others does for the rest.
WANTED = ("3.12", "3.13", "3.11")


def python() -> str:
    """The interpreter with the peers; made on first use, and again when the requirements change."""
    stamp, own = FOLDER / ".stamp", FOLDER / "bin" / "python"
    wanted = REQUIREMENTS.read_text()
    if not own.exists() or not stamp.exists() or stamp.read_text() != wanted:
        print(f"making {FOLDER.relative_to(ROOT)} (once)", file=sys.stderr)
        if not own.exists():
            subprocess.run([base(WANTED), "-m", "venv", FOLDER], check=True)
        for line in wanted.splitlines():
            # One by one: a peer that does not install here is left out, and said so.
            if line and not line.startswith("#"):
                done = subprocess.run([own, "-m", "pip", "install", "--quiet", line], capture_output=True)
                if done.returncode:
                    print(f"{line} cannot be installed here: left out", file=sys.stderr)
        stamp.write_text(wanted)
    return str(own)


def base(wanted: tuple[str, ...]) -> str:
    """The first interpreter of the wanted versions that is found; ours if none is."""
    for version in wanted:
        places = [shutil.which(f"python{version}")]
        places += sorted(map(str, (Path.home() / ".pyenv" / "versions").glob(f"{version}*/bin/python")))
        for place in filter(None, places):
            asked = [place, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
            if subprocess.run(asked, capture_output=True, text=True).stdout.strip() == version:
                return place
    return sys.executable


def has(module: str) -> bool:
    """Whether the environment has a module."""
    return subprocess.run([python(), "-c", f"import {module}"], capture_output=True).returncode == 0
