"""The agent's modules can be imported, as they are in an observed program; nothing is started by that."""

from __future__ import annotations

import sys

from asyncwhy.probes.python import INJECT

if str(INJECT) not in sys.path:
    sys.path.append(str(INJECT))
