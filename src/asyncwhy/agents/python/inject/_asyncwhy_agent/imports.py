"""Hooks are installed when the program itself imports a library, and never before.

A finder at the head of `sys.meta_path` looks up the watched names only, lets the others find them, and runs
our installer right after the module's own code.  The loader stays the library's.

The same finder hands over the library's modules that the agent had to import first (`json`, `ast`): they are
kept out of `sys.modules` until the program imports them, since a program may have a `json.py` of its own.
"""

from __future__ import annotations

import sys


def shelve(before):
    """Take out of `sys.modules` what was imported since it had the names `before`, and return it."""
    own = __package__
    return {
        name: sys.modules.pop(name)
        for name in set(sys.modules).difference(before)
        if name.partition(".")[0] != own and name[0] != "_" and name not in sys.builtin_module_names
    }


class Shelved:
    """The loader of a module that exists already."""

    def __init__(self, module):
        self.module = module
        self.spec = module.__spec__

    def create_module(self, _):
        return self.module

    def exec_module(self, module):
        module.__spec__ = self.spec


class Watcher:
    """`installers` maps a module's name to what to call with the module; `shelf` are modules by name."""

    def __init__(self, installers, shelf):
        self.installers = installers
        self.shelf = shelf

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
        if name not in self.installers and name not in self.shelf:
            return None
        for finder in sys.meta_path:
            find = getattr(finder, "find_spec", None)
            if finder is self or find is None:
                continue
            spec = find(name, path, target)
            if spec is not None:
                shelved = self.shelf.pop(name, None)
                if shelved is not None:
                    self._hand_over(name, shelved, spec)
                else:
                    self._after(name, spec.loader)
                return spec
        return None

    def _hand_over(self, name, module, spec):
        """The module from the shelf, if it is the one that the program asks for; else the program's own."""
        if module.__spec__.origin != spec.origin:
            return
        spec.loader = Shelved(module)
        for other in [other for other in self.shelf if other.startswith(name + ".")]:
            sys.modules[other] = self.shelf.pop(other)

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
