"""A page, then what one's own newest run showed of it; a run that cannot be told of costs no page."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path

import pytest

from asyncwhy.causes import FOUND_IN_RUNS
from asyncwhy.commands.explain import MOST_UNASKED
from asyncwhy.ideas import IDEAS
from tests.commands.test_bad_input import SICK, Done, asyncwhy, one_line
from tests.commands.test_run import on_a_terminal, width

OWN = "IN YOUR OWN RUN"
WAITS = """
import asyncio, time

def save(number):
    time.sleep(0.02)

async def main():
    await asyncio.gather(*(asyncio.to_thread(save, number) for number in range(3)))

asyncio.run(main())
"""


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the traces of a sick run and of one with jobs."""
    folder = tmp_path_factory.mktemp("recorded")
    (folder / "sick.py").write_text(SICK)
    (folder / "waits.py").write_text(WAITS)
    asyncwhy(folder, "run", "-o", "sick", "--report", "r", "sick.py")
    asyncwhy(folder, "run", "-o", "waits", "--report", "r", "waits.py")
    return folder


def newest(folder: Path, trace: bytes | None) -> Path:
    """A cache folder whose newest run is that one."""
    runs = folder / "cache" / "asyncwhy"
    runs.mkdir(parents=True)
    if trace is not None:
        (runs / "20260101-000000-1.trace").write_bytes(trace)
    return runs.parent


def words(text: str) -> str:
    return " ".join(text.split())


def own(done: Done) -> str:
    """The section on the own run, which comes last; what stands before it is the page."""
    page, section = done.stdout.split(f"\n{OWN}\n")
    assert (done.returncode, done.stderr) == (0, "")
    assert page.count("WHAT IT IS") == 1
    return words(section)


def test_the_list_has_both_groups_with_their_first_sentences(tmp_path: Path) -> None:
    shown = asyncwhy(tmp_path, "explain").stdout
    causes, ideas = shown.split("\n\n")
    assert re.findall(r"^  (\S+)  ", causes, re.MULTILINE) == sorted(FOUND_IN_RUNS)
    assert re.findall(r"^  (\S+)  ", ideas, re.MULTILINE) == list(IDEAS)
    assert "blocking-call A call waits, off the CPU, while it holds the event loop," in words(causes)
    assert max(map(len, shown.splitlines())) <= 80


def test_the_findings_of_the_newest_run(recorded: Path, tmp_path: Path) -> None:
    cache = newest(tmp_path, (recorded / "sick").read_bytes())
    section = own(asyncwhy(tmp_path, "explain", "blocking-call", XDG_CACHE_HOME=str(cache)))
    assert section.startswith("sick.py, ")
    assert "1. blocking-call: `time.sleep` stops the event loop" in section
    assert "time.sleep(0.1)" in section
    assert "help: await the wait, so the loop can run the others" in section


def test_a_cause_that_the_run_does_not_have(recorded: Path, tmp_path: Path) -> None:
    section = own(asyncwhy(tmp_path, "explain", "gil-held", "--trace", str(recorded / "sick")))
    assert section.endswith("It has no gil-held. What it has: blocking-call.")


@pytest.mark.parametrize("slug", IDEAS)
def test_an_idea_is_told_by_the_own_run(slug: str, recorded: Path, tmp_path: Path) -> None:
    section = own(asyncwhy(tmp_path, "explain", slug, "--trace", str(recorded / "waits")))
    assert section.startswith("waits.py, ")
    said = {
        "event-loop": "A loop of asyncio ran on MainThread",
        "task": "1 task of the program's own ran: `main`.",
        "concurrency": "of CPU in",
        "executor": "3 jobs went to pools. - `save` ran 3 times on asyncio_0",
        "threads": "sent there by `asyncio.to_thread` at",
        "context-switching": "3 jobs went to another thread",
        "channels-and-actors": "No serial-dispatch",
    }
    assert said[slug] in section


def test_more_is_shown_from_a_trace_that_is_named(recorded: Path, tmp_path: Path) -> None:
    """`--trace` wins over the newest run, and `--min-cost` says what a finding is."""
    cache = newest(tmp_path, (recorded / "waits").read_bytes())
    told = ("explain", "blocking-call", "--trace", str(recorded / "sick"))
    assert "1. blocking-call" in own(asyncwhy(tmp_path, *told, XDG_CACHE_HOME=str(cache)))
    dear = asyncwhy(tmp_path, *told, "--min-cost", "9", XDG_CACHE_HOME=str(cache))
    assert "It has no blocking-call." in own(dear)


def test_no_run_is_recorded_yet(tmp_path: Path) -> None:
    done = asyncwhy(tmp_path, "explain", "task", XDG_CACHE_HOME=str(newest(tmp_path, None)))
    assert own(done) == "No run is recorded yet. Make one: asyncwhy run program.py"


@pytest.mark.parametrize("trace", [b"", b"no trace at all", b"cut"])
def test_a_newest_run_that_cannot_be_read_costs_no_page(trace: bytes, recorded: Path, tmp_path: Path) -> None:
    if trace == b"cut":
        trace = (recorded / "sick").read_bytes()[:-20]
    cache = newest(tmp_path, trace)
    for slug in ("task", "blocking-call"):
        section = own(asyncwhy(tmp_path, "explain", slug, XDG_CACHE_HOME=str(cache)))
        assert section.startswith("The newest run cannot be read: ")


@pytest.mark.parametrize("slug", ["task", "blocking-call"])
def test_a_named_run_that_cannot_be_read_is_an_error(slug: str, tmp_path: Path) -> None:
    (tmp_path / "odd").write_bytes(b"no trace at all" * 9)
    one_line(asyncwhy(tmp_path, "explain", slug, "--trace", "odd"), 125, "not an asyncwhy trace")
    one_line(asyncwhy(tmp_path, "explain", slug, "--trace", "gone"), 125, "cannot read the trace gone")


def test_a_large_newest_run_is_read_only_when_asked_for(recorded: Path, tmp_path: Path) -> None:
    cache = newest(tmp_path, b"")
    run = next(cache.rglob("*.trace"))
    with run.open("wb") as file:
        file.truncate(MOST_UNASKED + 1)
    section = own(asyncwhy(tmp_path, "explain", "task", XDG_CACHE_HOME=str(cache)))
    assert section.startswith(
        "The newest run is large (8 MB) and takes a while to read: asyncwhy explain task --trace"
    )
    one_line(asyncwhy(tmp_path, "explain", "task", "--trace", str(run)), 125, "not an asyncwhy trace")


def test_the_page_alone(recorded: Path, tmp_path: Path) -> None:
    cache = newest(tmp_path, (recorded / "sick").read_bytes())
    done = asyncwhy(tmp_path, "explain", "blocking-call", "--no-run", XDG_CACHE_HOME=str(cache))
    assert done.returncode == 0
    assert OWN not in done.stdout
    assert done.stdout.startswith("blocking-call\n\nA call waits, off the CPU,")


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("explain task --no-run --trace x", "not allowed with"),
        ("explain --trace x", "--trace goes with a cause or an idea"),
        ("explain Task", "no cause or idea `Task`"),
    ],
)
def test_what_makes_no_sense(told: str, said: str, tmp_path: Path) -> None:
    one_line(asyncwhy(tmp_path, *told.split()), 125, said)


@pytest.mark.parametrize("slug", ["blocking-call", "context-switching"])
@pytest.mark.parametrize("columns", [40, 80, 130])
def test_on_a_terminal(slug: str, columns: int, recorded: Path) -> None:
    text = on_a_terminal(recorded, columns, "explain", slug, "--trace", "sick").replace("\r", "")
    assert "\x1b[1mWHAT IT IS\x1b[0m" in text
    plain = on_a_terminal(recorded, columns, "explain", slug, "--trace", "sick", NO_COLOR="1").replace(
        "\r", ""
    )
    assert "\x1b" not in plain
    assert plain == re.sub(r"\x1b\[[0-9;]*m", "", text)
    package = "causes" if slug in FOUND_IN_RUNS else "ideas"
    kept = (resources.files(f"asyncwhy.{package}") / f"{slug}.md").read_text(encoding="utf-8").splitlines()
    assert [line for line in plain.splitlines() if width(line) > columns and line not in kept] == []
    assert any(width(line) > 0.8 * columns for line in plain.splitlines())


def test_where_only_ascii_can_be_shown(recorded: Path) -> None:
    done = asyncwhy(recorded, "explain", "blocking-call", "--trace", "sick", PYTHONIOENCODING="ascii")
    assert done.stdout.isascii()
    assert "1. blocking-call" in own(done)
