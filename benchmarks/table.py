"""The results as a table for people, and two of them side by side."""

from __future__ import annotations

from typing import Any

from benchmarks import predictions

#: What is promised of the C recorder (issue 4, point 1) and without it (issue 2, point 5), by observer and measurement.
TARGETS = {
    ("asyncwhy", "steps"): ("ratio", 0.90, "of an unobserved step"),
    ("asyncwhy", "aiohttp"): ("ratio", 0.98, "of an unobserved request"),
    ("asyncwhy", "fastapi"): ("ratio", 1.00, "of an unobserved request"),
    ("asyncwhy", "fastapi-uvloop"): ("ratio", 1.02, "of an unobserved request"),
    ("asyncwhy", "uvloop-httptools"): ("ratio", 1.02, "of an unobserved request"),
    ("asyncwhy", "startup-empty"): ("added", 15.0, "ms added"),
    ("asyncwhy", "startup-asyncio"): ("added", 25.0, "ms added"),
    ("asyncwhy-pure", "steps"): ("added", 700.0, "ns added per step"),
    ("asyncwhy-pure", "aiohttp"): ("ratio", 1.25, "of an unobserved request"),
}
#: Of the agent, whatever the length of the run.
MEMORY_MB = 16
_UNITS = {"steps": "ns", "startup-empty": "ms", "startup-asyncio": "ms"}


def paired(what: str, one: dict[str, Any]) -> str:
    """A row of a paired measurement."""
    unit = _UNITS.get(what, "us")
    told = (
        f"{what:<16} {one['observer']:<14} {one['unobserved']:>9.1f} {one['observed']:>9.1f} {unit}"
        f" {one['ratio']:>7.2f} ({one['lowest']:.2f} to {one['highest']:.2f}) {one['added']:>+9.1f} {unit}"
    )
    return told + _verdict(what, one)


def _verdict(what: str, one: dict[str, Any]) -> str:
    if (one["observer"], what) not in TARGETS:
        return ""
    key, most, words = TARGETS[one["observer"], what]
    return f"   {'reached' if one[key] <= most else 'MISSED'}: at most {most:g} {words}"


def memory(one: dict[str, Any]) -> str:
    reached = one["long_mb"] <= MEMORY_MB
    return (
        f"agent memory     {one['steps']:,} steps {one['short_mb']:+.1f} MB, ten times as many {one['long_mb']:+.1f} MB"
        f"   {'reached' if reached else 'MISSED'}: at most {MEMORY_MB} MB"
    )


def verdict(one: dict[str, Any]) -> str:
    most = {10_000: 0.5, 100_000: 0.5, 1_000_000: 4.0}.get(one["asked"], 60.0)
    slow = one["after_run_s"] > most
    return (
        f"verdict          {one['shape']:<12} {one['steps']:>11,} steps  {one['after_run_s']:6.2f} s after the end,"
        f" report {one['report_s']:6.2f} s, host {one['host_mb']:5.0f} MB,"
        f" {one['trace_bytes_per_step']:.1f} B/step   {'MISSED' if slow else 'reached'}: {most:g} s"
    )


def rows(data: dict[str, Any]) -> list[str]:
    """All rows of one result."""
    made = [
        f"{'measurement':<16} {'observer':<14} {'unobserved':>9} {'observed':>8}    {'ratio':>7} (lowest to highest)"
    ]
    for what, results in data["paired"].items():
        made.extend(paired(what, one) for one in results)
    made.extend(memory(one) for one in data["memory"])
    made.extend(verdict(one) for one in data["verdict"])
    made = made if len(made) > 1 else []
    return made + predictions.rows(data.get("predictions", []), data.get("vain", []))


def compared(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """What changed from one result to another: ratios beside ratios, seconds beside seconds."""
    made = [f"{'measurement':<30} {before['commit'][:10]:>10} {after['commit'][:10]:>10}"]
    old, new = _flat(before), _flat(after)
    made.extend(f"{name:<30} {old[name]:>10.3f} {new[name]:>10.3f}" for name in old if name in new)
    return made


def _flat(data: dict[str, Any]) -> dict[str, float]:
    made = {
        f"{what} {one['observer']}": one["ratio"]
        for what, results in data["paired"].items()
        for one in results
    }
    made |= {f"{what} ns, ms or us added": results[0]["added"] for what, results in data["paired"].items()}
    made |= {f"predicted {one['name']} error": one["error"] for one in data.get("predictions", [])}
    made |= {f"verdict {one['shape']} {one['asked']:,}": one["after_run_s"] for one in data["verdict"]}
    return made | {f"memory {one['steps']:,} x10 MB": one["long_mb"] for one in data["memory"]}
