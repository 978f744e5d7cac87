"""The hook names what an installation has."""

from __future__ import annotations

import shlex
from importlib import metadata
from pathlib import Path

import yaml

from asyncwhy.commands import VERBS

ROOT = Path(__file__).parent.parent.parent


def test_the_hook_names_an_entry_point_and_a_verb() -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    command, verb = shlex.split(hook["entry"])
    scripts = metadata.distribution("asyncwhy").entry_points.select(group="console_scripts")
    assert command in {script.name for script in scripts}
    assert verb in VERBS
    assert (hook["id"], hook["language"], hook["types"]) == ("asyncwhy", "python", ["python"])
    assert hook["require_serial"]
    assert not hook["pass_filenames"]  # one check of all of it
