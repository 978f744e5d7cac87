"""Other processes: children are observed too, and a process that ends at once still writes what it has.

The program does not see the agent's environment variables (they are taken out of `os.environ`, while the C
environment keeps them for children that inherit it); where it gives a child an environment of its own, they
are put back.  A fork stops the sampler first, so that the child and the warning about forking a
multi-threaded process (3.12+) find the threads that the program made, and no other.
"""

from __future__ import annotations

import os

from . import primitives as p
from .safety import refused
from .twin import Unsuitable, twin

FOLDER = "ASYNCWHY_STREAM"
WAS = "ASYNCWHY_PYTHONPATH"  # the PYTHONPATH that the user had
PATH = "PYTHONPATH"
NODE = "NODE_OPTIONS"  # which lets the agent into Node processes (`asyncwhy.probes.node`)


class Environment:
    """The variables that carry the agent into children."""

    def __init__(self, here):
        self.here = here
        self.folder = os.environ[FOLDER]
        self.was = os.environ.get(WAS)
        node = here.rpartition("/python/")[0] + "/node/agent.js"
        option = '--require "%s"' % node.replace("\\", "\\\\").replace('"', '\\"')
        self.node = option if os.environ.get(NODE, "").endswith(option) else ""

    def hide(self):
        """The program finds the environment that it would have had."""
        data = os.environ._data
        for name in (FOLDER, WAS):
            data.pop(os.environ.encodekey(name), None)
        key = os.environ.encodekey(PATH)
        if self.was is None:
            data.pop(key, None)
        else:
            data[key] = os.environ.encodevalue(self.was)
        if self.node:
            key = os.environ.encodekey(NODE)
            left = os.environ[NODE][: -len(self.node)].rstrip(" ")
            if left:
                data[key] = os.environ.encodevalue(left)
            else:
                data.pop(key, None)

    def child(self, environment):
        """A copy of a child's environment with the agent in it, in the same type of strings."""
        made = dict(environment)
        wants_bytes = any(isinstance(key, bytes) for key in made)
        convert = os.fsencode if wants_bytes else (lambda text: text)
        if self.node:
            own = made.get(convert(NODE))
            made[convert(NODE)] = own + convert(" " + self.node) if own else convert(self.node)
        old = made.get(convert(PATH))
        here = convert(self.here)
        made[convert(FOLDER)] = convert(self.folder)
        if old is not None:
            made[convert(WAS)] = old
            separator = convert(":")
            made[convert(PATH)] = here + separator + convert(os.fsdecode(old)) if old else here
        else:
            made.pop(convert(WAS), None)
            made[convert(PATH)] = here
        return made

    def given(self, arguments, at):
        """The arguments of a spawn with the agent in the environment, which stands at index `at`.

        `None` (3.13+) inherits the C environment, which has the agent in it; what is no environment at all
        is the program's own mistake, which the operating system will tell it.
        """
        if len(arguments) <= at or arguments[at] is None:
            return arguments
        try:
            made = self.child(arguments[at])
        except Exception as error:
            refused(error)
            return arguments
        return (*arguments[:at], made, *arguments[at + 1 :])


class Unwrapped:
    """The module `os` without our wrappers; what the program put there itself stays."""

    def __init__(self, module, wrapped):
        self._module = module
        self._wrapped = wrapped

    def __getattr__(self, name):
        found = getattr(self._module, name)
        try:
            return self._wrapped.get(found, found)
        except TypeError:  # not hashable, so none of ours
            return found


class ProcessHooks:
    """Installs what follows a program into its children."""

    def __init__(self, agent, environment):
        self.agent = agent
        self.recorder = agent.recorder
        self.installation = agent.installation
        self.environment = environment
        self.wrapped = {}  # our function of `os` -> the one that it calls

    def install(self):
        os.register_at_fork(
            before=self.agent.before_fork,
            after_in_parent=self.agent.after_fork_in_parent,
            after_in_child=self.agent.after_fork_in_child,
        )
        self._wrap("_exit", None)
        self._wrap("abort", None)
        self._wrap("execv", None)
        self._wrap("execve", 2)
        self._wrap("posix_spawn", 2, leaves=False)
        self._wrap("posix_spawnp", 2, leaves=False)

    def _wrap(self, name, environment_at, leaves=True):
        original = getattr(os, name, None)
        if original is None:
            return
        agent, environment = self.agent, self.environment

        def wrapper(*arguments, **named):
            try:
                if environment_at is not None:
                    arguments = environment.given(arguments, environment_at)
                if leaves:
                    agent.flush_now(name)
            except Exception as error:
                self.installation.failed(name, error)
            return original(*arguments, **named)

        wrapper.__name__ = wrapper.__qualname__ = name
        wrapper.__doc__ = original.__doc__
        self.recorder.interner.hidden.add(p.identity(wrapper.__code__))
        self.wrapped[wrapper] = original
        self.installation.put(os, name, wrapper)

    def install_subprocess(self, subprocess):
        guard = self.installation.harmless
        names = {"__aw_environment": guard(self._environment), "__aw_child": guard(self._child)}
        before = "if env is not None: env = __aw_environment(env) or env"
        try:
            made = twin(subprocess.Popen._execute_child, names, before=before, last="__aw_child(self)")
        except Unsuitable as reason:
            self.installation.lacking("subprocess", reason)
        else:
            self.installation.put(subprocess.Popen, "_execute_child", made)
        self._spare_wrapper(subprocess)

    def _spare_wrapper(self, subprocess):
        """Spawns of `subprocess` have the agent already, and show no wrapper in their tracebacks."""
        try:
            names = {"__aw_os": Unwrapped(os, self.wrapped)}
            made = twin(subprocess.Popen._posix_spawn, names, before="os = __aw_os")
        except (Unsuitable, AttributeError) as reason:
            self.installation.lacking("subprocess", reason)
        else:
            self.installation.put(subprocess.Popen, "_posix_spawn", made)

    def _environment(self, environment):
        return self.environment.given((environment,), 0)[0]

    def _child(self, process):
        pid = getattr(process, "pid", None)
        if pid:
            self.recorder.event(
                "child", pid=pid, stack=self.recorder.interner.stack(p.get_frame(2)), thread=p.ident()
            )

    def install_multiprocessing(self, module):
        names = {"__aw_child": self.installation.harmless(self._child)}
        try:
            made = twin(module.BaseProcess.start, names, after="__aw_child(self)")
        except Unsuitable as reason:
            self.installation.lacking("multiprocessing", reason)
        else:
            self.installation.put(module.BaseProcess, "start", made)
