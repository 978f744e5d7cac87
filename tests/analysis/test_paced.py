"""What comes earlier where a thread's calls are noticed at once: it calls as often as before."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from asyncwhy.causes import unsafe_wakeup

CONSUMER, THREAD, LATE_S = 7, 3, (0.4, 0.1, 0.0, 0.3)


def earlier(monkeypatch: pytest.MonkeyPatch, ended: float | None) -> dict[int, float]:
    """What the fix spares each of the steps that a thread made ready, one a second."""
    steps = np.arange(len(LATE_S))
    thread = SimpleNamespace(end=ended)
    line = SimpleNamespace(
        ref=np.full(len(steps), CONSUMER), root_foreign=np.zeros(len(steps), bool), threads={THREAD: thread}
    )
    facts: Any = SimpleNamespace(
        line=line, nodes=SimpleNamespace(node_of=steps, waits_job=np.zeros(len(steps), bool))
    )
    touches: list[Any] = [
        SimpleNamespace(time=float(n), late_s=LATE_S[n], step=n, by=THREAD, noticed=n + LATE_S[n])
        for n in steps.tolist()
    ]
    monkeypatch.setattr(unsafe_wakeup, "woken", lambda _, touch: np.array([touch.step]))
    return unsafe_wakeup._earlier(facts, touches[::-1])


def test_a_thread_keeps_its_own_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    spared = earlier(monkeypatch, None)
    ahead = np.cumsum([spared[node] for node in range(len(LATE_S))])
    assert ahead == pytest.approx(LATE_S)  # never by what it was ahead before


def test_what_a_thread_brings_until_it_ends_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    last = len(LATE_S) - 1
    ahead = sum(earlier(monkeypatch, last + LATE_S[last] / 4).values())
    assert ahead == pytest.approx(LATE_S[last] * 3 / 4)
