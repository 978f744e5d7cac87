"""Coroutines that were made and dropped: the runtime's own warning, seen as it is issued.

Origin tracking is left as the program has it (switching it on would change the warning's text); what is
recorded is the coroutine and the stack on which it was dropped, which for a forgotten `await` is the line
that made it.
"""

from __future__ import annotations

from . import primitives as p
from .twin import Unsuitable, twin


def install(recorder, installation, warnings):
    def dropped(coroutine):
        code = coroutine.cr_code
        recorder.event(
            "never-awaited",
            name=coroutine.__qualname__,
            code=recorder.interner.site(code, -1),
            stack=recorder.interner.stack(p.get_frame(3)),
            thread=p.ident(),
        )

    names = {"__aw_dropped": installation.harmless(dropped)}
    try:
        made = twin(warnings._warn_unawaited_coroutine, names, before="__aw_dropped(coro)")
    except (Unsuitable, AttributeError) as reason:
        installation.lacking("never-awaited", reason)
    else:
        installation.put(warnings, "_warn_unawaited_coroutine", made)
