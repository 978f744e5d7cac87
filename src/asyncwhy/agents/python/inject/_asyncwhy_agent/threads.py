"""Threads of the `threading` module: who started them, what they ran, how much CPU they used."""

from __future__ import annotations

import os

from . import primitives as p
from .safety import name_of, peek
from .twin import Unsuitable, twin

CODE = p.type_of(peek.__code__)
GENERATOR = p.type_of(_ for _ in ())

#: Packages that hand a pool a function of their own, with the one that matters among its arguments.
CARRIERS = frozenset(
    ("anyio", "asgiref", "asyncer", "concurrent", "fastapi", "litestar", "quart", "sanic", "starlette")
)
PLAIN = frozenset(("function", "method", "builtin_function_or_method", "partial"))
LIBRARIES = (os.__file__.rpartition("/")[0] + "/", "-packages/")


def really_runs(function, arguments=()):
    """What a callable really runs: through partials, `Context.run`, the functions of frameworks and decorators; of a
    context manager or an iterator that is a generator, the generator."""
    function = _carried(function, arguments, {}) or function
    for _ in range(8):
        inner, given, keywords = (peek(function, name) for name in ("func", "args", "keywords"))
        if inner is None or p.type_of(given) is not tuple or p.type_of(keywords) is not dict:
            break
        function = _carried(inner, given, keywords) or inner
    return _entered(function) or _undecorated(function)


def _carried(inner, arguments, keywords):
    """The function that a partial's own function was given to run; None if it is the one that matters."""
    if peek(inner, "__name__", "") == "run" and p.type_of(inner).__name__ == "builtin_function_or_method":
        return arguments[0] if arguments else None
    if _package(inner) not in CARRIERS:
        return None
    for given in (*arguments, *keywords.values()):
        if p.type_of(given).__name__ in PLAIN and _package(really_runs(given)) not in CARRIERS:
            return given
    return next(filter(None, map(_iterated, arguments)), None)


def _iterated(given):
    """The code of the program's that an iterator runs for its next item: itself if it is a generator."""
    if p.type_of(given) is GENERATOR:
        return given
    following = peek(p.type_of(given), "__next__")
    return following if p.type_of(peek(following, "__code__")) is CODE else None


def _entered(function):
    """The generator of a context manager that is to be entered or left."""
    owner = peek(function, "__self__")
    made = peek(owner, "gen") if p.type_of(owner).__module__ == "contextlib" else None
    return made if p.type_of(made) is GENERATOR else None


def _undecorated(function):
    """What a library's decorators stand around, and the program's own: the innermost that is no library's."""
    best = function
    for _ in range(8):
        inner = peek(function, "__wrapped__")
        if inner is None:
            break
        function = inner
        code = code_of(function)
        if code is not None and not any(folder in code.co_filename for folder in LIBRARIES):
            best = function
    return best


def _package(function):
    module = peek(function, "__module__")
    return module.partition(".")[0] if isinstance(module, str) else ""


def code_of(function):
    """The code of a function, a method, a generator or an object that can be called; None if it is not Python's."""
    if p.type_of(function) is GENERATOR:
        return function.gi_code
    function = peek(function, "__func__", function)
    code = peek(function, "__code__")
    if code is None:
        call = peek(p.type_of(function), "__call__")
        code = peek(call, "__code__")
    return code if p.type_of(code) is CODE else None


class ThreadHooks:
    """Installs the twins in `threading`."""

    def __init__(self, recorder, installation):
        self.recorder = recorder
        self.installation = installation
        self.starters = {}

    def site_of(self, function, arguments=()):
        function = really_runs(function, arguments)
        code = code_of(function)
        if code is not None:
            return self.recorder.interner.site(code, -1)
        return self.recorder.interner.named(name_of(function))

    def install(self, threading):
        self.main = threading.main_thread()
        self.timer = threading.Timer.run
        guard = self.installation.harmless
        kind = threading.Thread
        names = {"__aw_starting": guard(self._starting)}
        self._put(kind, "start", names, before="__aw_starting(self)")
        names = {"__aw_began": guard(self._began), "__aw_ended": guard(self._ended)}
        self._put(kind, "_bootstrap_inner", names, before="__aw_began(self)", last="__aw_ended(self)")

    def _put(self, owner, name, names, **snippets):
        try:
            self.installation.put(owner, name, twin(getattr(owner, name), names, **snippets))
        except Unsuitable as reason:
            self.installation.lacking("%s.%s" % (owner.__name__, name), reason)

    def _starting(self, thread):
        self.starters[p.identity(thread)] = (
            p.clock(),
            p.ident(),
            self.recorder.interner.stack(p.get_frame(2)),
        )

    def _began(self, thread):
        started, starter, stack = self.starters.pop(p.identity(thread), (0, 0, 0))
        target = getattr(thread, "_target", None)
        run = p.type_of(thread).run
        if target is None:
            target = peek(thread, "function", run) if run is self.timer else run
        self.recorder.stir()
        self.recorder.event(
            "thread",
            thread=p.ident(),
            native=p.native_id(),
            name=str(thread._name),
            daemon=bool(thread.daemon),
            asked=started,
            starter=starter,
            stack=stack,
            target=self.site_of(target),
        )

    def _ended(self, thread):
        self.recorder.event("thread-end", thread=p.ident(), name=str(thread._name), cpu=p.thread_cpu())
