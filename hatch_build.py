"""Builds the C recorder into the wheel, where a compiler and the interpreter's headers are; else the wheel is pure.

The package that is installed builds it for other interpreters when they are first observed
(`src/asyncwhy/probes/native.py`, whose way of compiling this uses).
"""

from __future__ import annotations

import importlib.util
import os
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class RecorderHook(BuildHookInterface[Any]):
    """`[tool.hatch.build.targets.wheel.hooks.custom]`."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, and have the wheel carry what came of it; an editable install compiles on first use."""
        if version == "editable":
            return
        path = os.path.join(self.root, "src", "asyncwhy", "probes", "native.py")
        spec = importlib.util.spec_from_file_location("asyncwhy_native", path)
        assert spec is not None
        assert spec.loader is not None
        native = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(native)
        suffix = str(sysconfig.get_config_var("EXT_SUFFIX"))
        folder = Path(self.root) / "build" / "recorder"
        if native.build(folder, suffix, sysconfig.get_path("include")):
            build_data["pure_python"] = False
            build_data["infer_tag"] = True
            built = folder / f"{native.NAME}{suffix}"
            shipped = native.SHIPPED.relative_to(native.SOURCES.parent.parent.parent.parent)
            build_data["force_include"][str(built)] = f"{shipped}/{built.name}"
