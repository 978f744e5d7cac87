"""The paired ratios drawn as an SVG: a panel for each measurement, a bar for each observer.

The axis is logarithmic, from half of an unobserved run to fifty times it, and a bar begins at 1: to the left is
faster than unobserved.  Beyond the axis a bar is cut off, and its figure says how far it goes.
"""

from __future__ import annotations

import math
from html import escape
from typing import Any

LOWEST, HIGHEST = 0.5, 50.0
#: Pixels: of names, of bars, of figures; of a row; of what stands over each panel.
NAMES, BARS, FIGURES, ROW, HEAD = 130, 420, 70, 18, 34
_STYLE = (
    "text{font:12px sans-serif;fill:#333}.head{font-weight:bold}.peer{fill:#9aa5b1}.own{fill:#1f7a4d}"
    ".one{stroke:#333;stroke-dasharray:2 2}@media(prefers-color-scheme:dark){text{fill:#ddd}.one{stroke:#ddd}}"
)


def drawn(data: dict[str, Any]) -> str:
    """The whole picture, as text of an SVG file."""
    made, top = [], 0
    for what, results in data["paired"].items():
        made.extend(_panel(what, results, top))
        top += HEAD + ROW * len(results)
    size = f'width="{NAMES + BARS + FIGURES}" height="{top + ROW}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}><style>{_STYLE}</style>\n'
        + "\n".join(made)
        + "\n</svg>\n"
    )


def _panel(what: str, results: list[dict[str, Any]], top: int) -> list[str]:
    first, last = top + HEAD - 6, top + HEAD + ROW * len(results)
    made = [
        f'<text class="head" x="0" y="{top + 20}">{escape(what)}: CPU against unobserved</text>',
        f'<line class="one" x1="{_x(1.0):.1f}" x2="{_x(1.0):.1f}" y1="{first}" y2="{last}"/>',
    ]
    for number, one in enumerate(sorted(results, key=lambda one: float(one["ratio"]))):
        made.extend(_bar(one, top + HEAD + ROW * number))
    return made


def _bar(one: dict[str, Any], top: int) -> list[str]:
    left, right = sorted((_x(1.0), _x(one["ratio"])))
    kind = "own" if one["observer"].startswith("asyncwhy") else "peer"
    return [
        f'<text x="0" y="{top + 12}">{escape(one["observer"])}</text>',
        f'<rect class="{kind}" x="{left:.1f}" y="{top + 2}" width="{max(right - left, 1):.1f}" height="{ROW - 5}"/>',
        f'<text x="{right + 5:.1f}" y="{top + 12}">{one["ratio"]:.2f}</text>',
    ]


def _x(ratio: float) -> float:
    within = min(max(ratio, LOWEST), HIGHEST)
    return NAMES + BARS * math.log(within / LOWEST) / math.log(HIGHEST / LOWEST)
