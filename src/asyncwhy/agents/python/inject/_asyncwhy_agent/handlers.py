"""Which of the program's functions a framework called to answer a request.

What the framework then does with the returned value (validating, serialising) has no line of the program on its
stack; this says whose value it was.
"""

from __future__ import annotations

from . import primitives as p
from .twin import Unsuitable, twin


class HandlerHooks:
    """`site_of` gives the number of the site at which a function is defined."""

    def __init__(self, recorder, installation, site_of):
        self.recorder = recorder
        self.installation = installation
        self.site_of = site_of

    def install_fastapi(self, module):
        """Into `fastapi.routing`."""
        names = {"__aw_handler": self.installation.harmless(self._handler)}
        try:
            made = twin(module.run_endpoint_function, names, before="__aw_handler(dependant.call)")
        except (Unsuitable, AttributeError) as reason:
            self.installation.lacking("fastapi.routing.run_endpoint_function", reason)
        else:
            self.installation.put(module, "run_endpoint_function", made)

    def _handler(self, function):
        self.recorder.by_name["handlers"].extend((p.clock(), p.ident(), self.site_of(function)))
