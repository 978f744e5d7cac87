"""The exception that ended the program: of what type, and by which lines it came; never its text."""

import sys

#: So many lines, the innermost first, lead from the exception to whoever began.
LINES = 50
#: What stands outermost in a traceback that nobody caught: a program's own module, or what runs a module for `-m`.
OUTERMOST = ("<module>", "_run_module_as_main")


def uncaught():
    """What the interpreter noted when it printed the exception (`PyErr_PrintEx`, Python/pythonrun.c), else None.

    pytest and debuggers note theirs there, too: those do not begin with a module.  Of a group, the first one in it.
    """
    error, trace = getattr(sys, "last_value", None), getattr(sys, "last_traceback", None)
    if error is None or trace is None or trace.tb_frame.f_code.co_name not in OUTERMOST:
        return None
    group = type(error).__name__
    while any(
        kind.__name__ == "BaseExceptionGroup" for kind in type(error).__mro__
    ):  # a backport's, before 3.11
        error = error.exceptions[0]
        trace = error.__traceback__ or trace
    lines = []
    while trace is not None:
        code = trace.tb_frame.f_code
        lines.append([code.co_filename, trace.tb_lineno, getattr(code, "co_qualname", code.co_name)])
        trace = trace.tb_next
    name = type(error).__name__
    return {"type": name, "group": group if group != name else "", "lines": lines[::-1][:LINES]}
