"""What the page is given: the report as data, the picture's columns, and the pages of its causes.

One run of bytes: the length of the header (4 bytes, little-endian), the header as JSON, the columns.  Times are
whole `unit`s (a microsecond, or more for a long run).
"""

from __future__ import annotations

import gzip
import json
import re
from importlib import metadata, resources
from typing import Any

import numpy as np

from asyncwhy.model import Report
from asyncwhy.picture import Floats, Group, Ints, Picture, Times
from asyncwhy.render.html.columns import Columns
from asyncwhy.render.json import document as report_as_data
from asyncwhy.render.order import ranked

#: Whole numbers of the page's arrays go up to here.
LARGEST = 2**30
_SECTIONS = ("What it is", "Why it is bad", "How to fix it", "How safe the fix is")


def packed(report: Report) -> bytes:
    """The document, compressed; the same report gives the same bytes."""
    columns = Columns()
    header = {
        "version": metadata.version("asyncwhy"),
        "report": report_as_data(report),
        "lines": {file: {str(n): text for n, text in own.items()} for file, own in report.sources.items()},
        "causes": {slug: page for slug in {f.cause for f in report.findings} if (page := cause_page(slug))},
        "picture": _picture(report, report.picture, columns) if report.picture else None,
    }
    text = json.dumps(
        header, separators=(",", ":"), sort_keys=True, ensure_ascii=True, allow_nan=False
    ).encode()
    return gzip.compress(len(text).to_bytes(4, "little") + text + columns.bytes(), 6, mtime=0)


def cause_page(slug: str) -> dict[str, str]:
    """The sections of a cause's page that the report folds out, as they were written."""
    page = resources.files("asyncwhy.causes") / f"{slug}.md"
    if not page.is_file():
        return {}
    parts = re.split(r"^## (.+)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    sections = dict(zip(parts[1::2], parts[2::2], strict=True))
    return {title: sections[title].strip() for title in _SECTIONS if title in sections}


def _picture(report: Report, picture: Picture, columns: Columns) -> dict[str, Any]:
    ends = [float(times.end.max(initial=0.0)) for group in picture.groups for times in group.times]
    end_s = max([report.wall_s, *ends, 1e-6])
    unit = max(1e-6, end_s / LARGEST)
    order = ranked(report.findings)
    place = {id(finding): index for index, finding in enumerate(order)}
    moved = [place[id(finding)] for finding in report.findings]
    marks: list[Any] = [[] for _ in order]
    for index, own in enumerate(picture.marks):
        marks[moved[index]] = [
            {
                "group": one.group,
                "thread": one.thread,
                "spans": columns.steps(_units(one.spans.ravel(), unit)),
                "waits": columns.steps(one.waits),
            }
            for one in own
        ]
    return {
        "unit": unit,
        "end": round(end_s / unit),
        "wall": round(report.wall_s / unit),
        "places": [[place.file, place.line, place.function] for place in picture.places],
        "marks": marks,
        "whatIfs": [
            {"findings": sorted(moved[index] for index in one.findings), "wall": round(one.wall_s / unit)}
            for one in picture.what_ifs
        ],
        "sources": [
            {
                "file": one.file,
                "lines": [[number, text] for number, text in one.lines.items()],
                "stopped": [[number, round(seconds, 6)] for number, seconds in one.stopped.items()],
                "awaited": [[number, round(seconds, 6)] for number, seconds in one.awaited.items()],
            }
            for one in picture.sources
        ],
        "groups": [_group(group, unit, columns) for group in picture.groups],
    }


def _units(seconds: Floats, unit: float) -> Ints:
    made: Ints = np.round(np.clip(np.nan_to_num(seconds), 0.0, LARGEST * unit) / unit).astype(np.int64)
    return made


def _group(group: Group, unit: float, columns: Columns) -> dict[str, Any]:
    return {
        "pid": group.pid,
        "began": round(group.began / unit),
        "ended": round(group.ended / unit),
        "tasks": _tasks(group, unit, columns),
        "threads": [
            [
                row.name,
                row.role,
                max(round(row.began / unit), 0),
                round(row.ended / unit),
                row.cpu_s,
                row.sent,
                row.target,
            ]
            for row in group.threads
        ],
        "pools": [[row.name, row.kind, row.workers, row.made] for row in group.pools],
        "records": _records(group, columns),
        "jobs": _jobs(group, unit, columns),
        "samples": _samples(group, unit, columns),
        "times": _schedules(group, unit, columns),
    }


def _tasks(group: Group, unit: float, columns: Columns) -> dict[str, Any]:
    tasks = group.tasks
    return {
        "names": list(tasks.name),
        "parent": columns.add(tasks.parent),
        "created": columns.steps(_units(tasks.created, unit)),
        "code": columns.add(tasks.code),
        "made": columns.add(tasks.made),
        "thread": columns.add(tasks.thread),
        "leftOut": tasks.left_out,
    }


def _records(group: Group, columns: Columns) -> dict[str, Any]:
    records = group.records
    back = np.where(records.waker < 0, 0, np.arange(len(records.row)) - records.waker)
    return {
        "row": columns.steps(records.row),
        "thread": columns.add(records.thread),
        "kind": columns.add(records.kind),
        "steps": columns.add(records.steps),
        "call": columns.add(records.call),
        "awaits": columns.add(records.awaits),
        "waker": columns.add(back),
    }


def _jobs(group: Group, unit: float, columns: Columns) -> dict[str, Any]:
    jobs = group.jobs
    return {
        "pool": columns.add(jobs.pool),
        "worker": columns.add(jobs.worker),
        "task": columns.add(jobs.task),
        "code": columns.add(jobs.code),
        "sent": columns.add(jobs.sent),
        "submitted": columns.steps(_units(jobs.submitted, unit)),
        "busy": columns.add(jobs.busy),
        "leftOut": jobs.left_out,
    }


def _samples(group: Group, unit: float, columns: Columns) -> dict[str, Any]:
    samples = group.samples
    return {
        "thread": columns.add(samples.thread),
        "start": columns.steps(_units(samples.start, unit)),
        "end": columns.add(_units(samples.end, unit) - _units(samples.start, unit)),
        "busy": columns.add(samples.busy),
        "place": columns.add(samples.place),
    }


def _schedules(group: Group, unit: float, columns: Columns) -> list[Any]:
    """The measured times, then those of each what-if; None where nothing is changed in this process."""
    made: list[Any] = []
    first = group.times[0]
    run = _units(first.end, unit) - _units(first.start, unit)
    for times in group.times:
        if made and times is first:
            made.append(None)
            continue
        made.append(_times(times, group, unit, columns, run if made else None))
    return made


def _times(times: Times, group: Group, unit: float, columns: Columns, run: Ints | None) -> dict[str, Any]:
    """`gap` counts from the end of the record before, `wait` from the release, `run` from the start (of a
    what-if: from the measured length)."""
    release, start, end = (_units(one, unit) for one in (times.release, times.start, times.end))
    release = np.minimum(release, start)
    gap = release - np.append(0, end[:-1]) if len(end) else release
    length = np.maximum(end, start) - start
    folded = np.flatnonzero(group.records.steps > 1)
    jobs = _units(times.job_start, unit)
    return {
        "gap": columns.add(gap),
        "wait": columns.add(start - release),
        "run": columns.add(length if run is None else length - run),
        "held": columns.add(_units(times.held, unit)[folded]),
        "ready": columns.add(_units(times.ready, unit)[folded]),
        "jobStart": columns.add(jobs - _units(group.jobs.submitted, unit)),
        "jobRun": columns.add(_units(times.job_end, unit) - jobs),
        "away": [columns.steps(times.away[:, 0].astype(np.int64))]
        + [columns.steps(_units(times.away[:, place], unit)) for place in range(1, 5)],
    }
