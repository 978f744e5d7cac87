"""What comes earlier where a thread's calls are noticed at once: it calls as often as before."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from asyncwhy.causes import unsafe_wakeup

CONSUMER, LATE_S = 7, (0.4, 0.1, 0.0, 0.3)


def test_a_thread_keeps_its_own_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = np.arange(len(LATE_S))
    line = SimpleNamespace(ref=np.full(len(steps), CONSUMER), root_foreign=np.zeros(len(steps), bool))
    facts: Any = SimpleNamespace(
        line=line, nodes=SimpleNamespace(node_of=steps, waits_job=np.zeros(len(steps), bool))
    )
    touches: list[Any] = [SimpleNamespace(time=float(n), late_s=LATE_S[n], step=n) for n in steps.tolist()]
    monkeypatch.setattr(unsafe_wakeup, "woken", lambda _, touch: np.array([touch.step]))
    earlier = unsafe_wakeup._earlier(facts, touches[::-1])
    ahead = np.cumsum([earlier[node] for node in steps.tolist()])
    assert ahead == pytest.approx(LATE_S)  # never by what it was ahead before
