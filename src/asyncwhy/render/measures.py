"""Numbers as a person reads them: durations, counts, ratios."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asyncwhy.model import Pace


def seconds(value: float) -> str:
    """Format a duration given in seconds: `0.2 ms`, `48 ms`, `0.31 s`, `6.01 s`, `2 min 3 s`, `1 h 2 min`.

    The borders lie where rounding would reach the next form (99.5 ms is `0.10 s`, 59.996 s `1 min 0 s`).
    """
    if not math.isfinite(value):
        return "? s"
    if value < 0:
        return "-" + seconds(-value)
    if value < 0.0995:
        return _milliseconds(value * 1000)
    if value < 59.995:
        return f"{value:.2f} s"
    if value < 3599.5:
        minutes, rest = divmod(round(value), 60)
        return f"{minutes} min {rest} s"
    hours, minutes = divmod(round(value / 60), 60)
    return f"{hours:,} h {minutes} min"


def _milliseconds(value: float) -> str:
    if value < 0.005:
        return "0 ms"
    if value < 0.095:
        return f"{value:.2f} ms"
    return f"{value:.1f} ms" if value < 9.95 else f"{value:.0f} ms"


def count(number: int, noun: str, plural: str | None = None) -> str:
    """Return `1 thread`, `2 threads`, `1,204 events`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def times(number: int) -> str:
    """Return `once`, or `3 times`."""
    return "once" if number == 1 else f"{number:,} times"


def faster(took_s: float, possible_s: float) -> str | None:
    """Return `2.0x faster`, or None where the difference is not worth a word (5 % and 5 ms)."""
    if not (math.isfinite(took_s) and possible_s > 0 and took_s - possible_s >= 0.005):
        return None
    ratio = took_s / possible_s
    if ratio < 1.05:
        return None
    return f"{ratio:.1f}x faster" if ratio < 9.95 else f"{ratio:,.0f}x faster"


def sooner(pace: Pace, possible: Pace | None) -> str:
    """What another pace would spare those who wait, in words; empty where it is not worth one (a tenth and 5 ms)."""
    if possible is None:
        return ""
    said = []
    if _worth(pace.lag_p99_s, possible.lag_p99_s):
        said.append(
            f"99 of 100 steps would begin within {seconds(possible.lag_p99_s)} (now {seconds(pace.lag_p99_s)})"
        )
    if _worth(pace.waited_s, possible.waited_s):
        said.append(f"tasks would wait {seconds(possible.waited_s)} in all (now {seconds(pace.waited_s)})")
    return ", and ".join(said)


def _worth(now: float, then: float) -> bool:
    return now - then >= max(0.005, 0.1 * now)
