# Imported by `site` at the start of every interpreter below the observed command: starts the agent, takes
# this folder away again, then runs the user's own sitecustomize.  Must parse on every Python there is, since
# a child process may be an old one; nothing here may raise into the program.
import sys


def _start():
    here = __file__.rpartition("/")[0]
    if sys.version_info >= (3, 9) and sys.implementation.name == "cpython":
        import _asyncwhy_agent

        _asyncwhy_agent.start(here)
    sys.path[:] = [entry for entry in sys.path if entry != here]
    sys.path_importer_cache.pop(here, None)


try:
    _start()
except Exception:
    pass

del _start
sys.modules.pop("sitecustomize", None)
try:
    import sitecustomize  # noqa: F401  the user's own, if there is one
except ImportError as error:
    # `site` looks at this name, too: "no sitecustomize" is no error.  Anything else is the user's to see.
    if getattr(error, "name", "sitecustomize") != "sitecustomize":
        raise
    sys.modules.setdefault("sitecustomize", type(sys)("sitecustomize"))
