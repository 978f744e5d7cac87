"""The agent's modules can be imported, as they are in an observed program; nothing is started by that."""

from __future__ import annotations

import asyncio
import importlib.machinery
import importlib.util
import sys
from types import ModuleType
from typing import Any

import pytest

from asyncwhy.probes import native

# Not by `probes.python`: a debug build of CPython, which has no numpy, runs the recorder's tests as well.
INJECT = native.SOURCES.parent / "inject"

if str(INJECT) not in sys.path:
    sys.path.append(str(INJECT))


@pytest.fixture(scope="module")
def recorder() -> ModuleType:
    folder = native.folder_for(sys.executable)
    if folder is None:
        pytest.skip("no C compiler or no headers for this interpreter")
    path = str(folder / (native.NAME + importlib.machinery.EXTENSION_SUFFIXES[0]))
    spec = importlib.util.spec_from_file_location(native.NAME, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def loop() -> Any:
    made = asyncio.new_event_loop()
    made.set_debug(False)  # also where all of Python is in its development mode
    yield made
    made.close()
