"""The oath in code: nothing of ours raises into the program, and what fails is taken out and told."""

from __future__ import annotations

from . import primitives as p

HERE = __file__.rpartition("/")[0]


class Installation:
    """What was replaced in the libraries, so that it can be put back; `missing` says what could not be."""

    def __init__(self, recorder):
        self.recorder = recorder
        self.replaced = []
        self.missing = []

    def put(self, owner, name, made):
        original = (
            owner.__dict__[name]
            if isinstance(owner, type) and name in owner.__dict__
            else getattr(owner, name)
        )
        self.replaced.append((owner, name, original, made))
        setattr(owner, name, made)

    def lacking(self, what, why):
        self.missing.append("%s: %s" % (what, why))

    def remove(self):
        """Put every original back that is still ours to replace."""
        replaced, self.replaced = self.replaced, []
        for owner, name, original, made in reversed(replaced):
            current = owner.__dict__.get(name) if isinstance(owner, type) else getattr(owner, name, None)
            if current is made:
                setattr(owner, name, original)

    def failed(self, where, error):
        """An error of ours: take the agent out, remember why, let the program go on."""
        self.remove()
        self.recorder.failures.append("%s: %s: %s" % (where, p.type_of(error).__name__, error))

    def harmless(self, function, instead=None):
        """`function` with errors of its own kept from the caller, who gets `instead`.

        An exception that a signal handler of the program raised while we ran is the program's, and passes.
        """

        def guarded(*arguments):
            try:
                return function(*arguments)
            except Exception as error:
                if foreign(error):
                    raise
                self.failed(function.__name__, error)
                return instead

        self.recorder.interner.hidden.add(p.identity(guarded.__code__))
        self.recorder.interner.hidden.add(p.identity(function.__code__))
        return guarded


def foreign(error):
    """Whether the innermost frame that the error came from is not the agent's."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace is not None and not trace.tb_frame.f_code.co_filename.startswith(HERE)
