"""Hooks are installed when the program itself imports a library, and never before.

A finder at the head of `sys.meta_path` looks up the watched names only, lets the others find them, and runs
our installer right after the module's own code.  The loader stays the library's.
"""

from __future__ import annotations

import sys


class Watcher:
    """`installers` maps a module's name to what to call with the module."""

    def __init__(self, installers):
        self.installers = installers

    def begin(self):
        for name in list(self.installers):
            if name in sys.modules and not getattr(
                getattr(sys.modules[name], "__spec__", None), "_initializing", False
            ):
                self._install(name)
        sys.meta_path.insert(0, self)

    def end(self):
        if self in sys.meta_path:
            sys.meta_path.remove(self)

    def _install(self, name):
        install = self.installers.pop(name, None)
        if install is not None:
            install(sys.modules[name])

    def find_spec(self, name, path=None, target=None):
        if name not in self.installers:
            return None
        for finder in sys.meta_path:
            find = getattr(finder, "find_spec", None)
            if finder is self or find is None:
                continue
            spec = find(name, path, target)
            if spec is not None:
                self._after(name, spec.loader)
                return spec
        return None

    def _after(self, name, loader):
        execute = getattr(loader, "exec_module", None)
        if execute is None or isinstance(loader, type):
            return

        def exec_module(module):
            try:
                del loader.exec_module
            except AttributeError:
                pass
            execute(module)
            self._install(name)

        try:
            loader.exec_module = exec_module
        except AttributeError:
            pass
