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
        self.told = set()
        self.out = False  # once it has failed nothing is put into what is imported later

    def put(self, owner, name, made):
        if self.out:
            return
        original = (
            owner.__dict__[name]
            if isinstance(owner, type) and name in owner.__dict__
            else getattr(owner, name)
        )
        self.replaced.append((owner, name, original, made))
        setattr(owner, name, made)

    def lacking(self, what, why):
        self.missing.append("%s: %s" % (what, why))

    def lacking_once(self, what, why):
        """The same where it may come up again and again."""
        if what not in self.told:
            self.told.add(what)
            self.lacking(what, why)

    def remove(self):
        """Put every original back that is still ours to replace."""
        replaced, self.replaced = self.replaced, []
        for owner, name, original, made in reversed(replaced):
            current = owner.__dict__.get(name) if isinstance(owner, type) else getattr(owner, name, None)
            if current is made:
                setattr(owner, name, original)

    def failed(self, where, error):
        """An error of ours: take the agent out, remember why, let the program go on."""
        self.out = True
        try:
            self.remove()
            told = str(error)
        except Exception as another:
            told = "and then " + p.type_of(another).__name__
        self.recorder.failures.append("%s: %s: %s" % (where, p.type_of(error).__name__, told))

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


def peek(thing, name, default=None):
    """An attribute of an object of the program's, whose `__getattr__` may do as it likes."""
    try:
        return getattr(thing, name, default)
    except Exception as error:
        if foreign(error):
            raise
        return default


def name_of(function):
    """What to call a function that has no code of Python's."""
    name = peek(function, "__qualname__")
    return name if p.type_of(name) is str else p.type_of(function).__qualname__


def refused(error):
    """The program's object did not answer when we looked at it: None, unless the error is not about that."""
    if foreign(error):
        raise error


def foreign(error):
    """Whether the error came up in the midst of our code without our having called for it.

    Signal handlers and trace functions run between any two instructions; both are given the frame that they
    interrupt.  An exception sent to this thread from another comes from nowhere; it is told by its class.
    Errors of program code that we did call (a property, a method of a subclass) are ours to keep.
    """
    trace = error.__traceback__
    deepest = None
    handlers = _handlers()
    while trace is not None:
        frame = deepest = trace.tb_frame
        if frame.f_code in handlers or _is_given(frame, frame.f_back):
            return True
        trace = trace.tb_next
    if deepest is None or not deepest.f_code.co_filename.startswith(HERE):
        return False
    return p.type_of(error).__module__ not in ("builtins", "struct", "binascii")


def _handlers():
    """The code of the program's signal handlers; one may have gone out of office before it raised."""
    found = (p.signal_handler(number) for number in range(1, p.SIGNALS))
    codes = (getattr(getattr(handler, "__func__", handler), "__code__", None) for handler in found)
    return [code for code in codes if code is not None]


def _is_given(frame, interrupted):
    if interrupted is None:
        return False
    for value in list(frame.f_locals.values()):
        if value is interrupted or (p.type_of(value) is tuple and any(item is interrupted for item in value)):
            return True
    return False
