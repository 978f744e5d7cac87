# Imported by `site` at the start of every interpreter below the observed command: starts the agent, takes
# this folder away again, then runs the user's own sitecustomize.  Must parse on every Python there is, since
# a child process may be an old one; nothing here may raise into the program.
import sys


def _start(here):
    try:
        if sys.version_info >= (3, 9) and sys.implementation.name == "cpython":
            import _asyncwhy_agent

            _asyncwhy_agent.start(here)
    except Exception:
        pass
    # Whatever came of it: else the import below would find this file again.
    sys.path[:] = [entry for entry in sys.path if entry != here]
    for entry in [entry for entry in sys.path_importer_cache if entry.startswith(here)]:
        del sys.path_importer_cache[entry]


_start(__file__.rpartition("/")[0])
del _start
sys.modules.pop("sitecustomize", None)

# The user's own, if there is one.  "No module named 'sitecustomize'" goes on to `site`, which takes it for no
# error; so the program finds `sys.modules` without one, as it would have.
import sitecustomize  # noqa: E402, F401
