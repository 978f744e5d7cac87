"""What all tests share: the interpreters that this machine has, and a cache folder that is nobody's own.

A test that asks for `observed_python` runs once for each version that asyncwhy promises to observe, and is
skipped, by name, for each one that the machine lacks.  `pythons` has all those found.
"""

from __future__ import annotations

import functools
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from asyncwhy.probes import native

# A shell that starts the tests in the background leaves Ctrl-C ignored, and so would every program that they
# observe; some of them are about Ctrl-C.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
PROMISED = ("3.9", "3.10", "3.11", "3.12", "3.13")
PERHAPS = ("3.14", "3.15")  # written for, and tested where they are found

# No deadline: a shared machine's pauses are not the code's.  In CI the same examples each time.
settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


def answers_to(python: str | Path, version: str) -> Path | None:
    """The interpreter itself, if that is what stands there: a pyenv shim may be of another version."""
    command = [str(python), "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    except OSError:
        return None
    return Path(python) if done.stdout.strip() == version else None


@functools.cache
def find_python(version: str) -> Path | None:
    """Our own interpreter, a side environment of scripts/test (it has uvloop), pyenv's, or the path's."""
    if version == f"{sys.version_info[0]}.{sys.version_info[1]}":
        return Path(sys.executable)
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    on_path = shutil.which(f"python{version}")
    candidates = [
        ROOT / ".venvs" / version / "bin" / "python",
        *sorted(pyenv.glob(f"{version}.*/bin/python"), reverse=True),
        *([Path(on_path)] if on_path else []),
    ]
    return next((python for python in candidates if answers_to(python, version)), None)


@functools.cache
def found_pythons() -> dict[str, Path]:
    versions = {version: find_python(version) for version in (*PROMISED, *PERHAPS)}
    return {version: python for version, python in versions.items() if python}


def pytest_report_header() -> str:
    missing = [version for version in PROMISED if version not in found_pythons()]
    found = ", ".join(found_pythons())
    return f"observed interpreters: {found}" + (f"; missing: {', '.join(missing)}" if missing else "")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "observed_python" not in metafunc.fixturenames:
        return
    metafunc.parametrize(
        "observed_python",
        [
            pytest.param(
                found_pythons().get(version),
                id=f"py{version}",
                marks=[
                    pytest.mark.skipif(
                        version not in found_pythons(), reason=f"CPython {version} is not on this machine"
                    )
                ],
            )
            for version in (*PROMISED, *(later for later in PERHAPS if later in found_pythons()))
        ],
    )


@pytest.fixture(scope="session")
def pythons() -> dict[str, Path]:
    """Version -> interpreter, for each one found: `pythons["3.13"]`."""
    return found_pythons()


@pytest.fixture(scope="session", autouse=True)
def cache_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Runs without `-o` record here, not among the traces of whoever runs the tests; builds of the C recorder are
    shared with them."""
    folder = tmp_path_factory.mktemp("cache")
    builds = native.cache().parent
    builds.mkdir(parents=True, exist_ok=True)
    (folder / "asyncwhy").mkdir()
    (folder / "asyncwhy" / "recorder").symlink_to(builds, target_is_directory=True)
    native.folder_for(sys.executable)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder))
        yield folder
