"""Pages on a terminal: prose as wide as it is, code as it was written, and nothing that moves its cursor."""

from __future__ import annotations

import re
from dataclasses import replace
from importlib import resources

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_reports import BLOCKING, HEALTHY, SICK, THREADS, UNKNOWN, hostile
from test_terminal import NASTY, SGR, assert_well_formed, names

from asyncwhy.model import Report, Verdict
from asyncwhy.render import explained, render
from asyncwhy.render.manual import first_sentence, plain
from asyncwhy.render.page import Style
from asyncwhy.render.text import cells, clean

PAGES = {
    page.name.removesuffix(".md"): page.read_text(encoding="utf-8")
    for package in ("causes", "ideas")
    for page in resources.files(f"asyncwhy.{package}").iterdir()
    if page.name.endswith(".md")
}
WIDTHS = (40, 60, 80, 101, 120)
ALL = "asyncwhy report --format concise"


def fenced(text: str) -> list[str]:
    blocks = re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


def as_they_stand(text: str) -> list[str]:
    """The lines of a page that are not laid out: code and tables."""
    return fenced(text) + re.findall(r"^\|.*", text, re.MULTILINE)


def words(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("slug", PAGES)
class TestPages:
    @pytest.mark.parametrize("width", WIDTHS)
    def test_no_prose_is_wider_than_the_terminal(self, slug: str, width: int) -> None:
        kept = set(as_they_stand(PAGES[slug]))
        lines = explained.page(PAGES[slug], Style(width)).splitlines()
        assert [line for line in lines if cells(line) > width and line not in kept] == []

    @pytest.mark.parametrize("width", WIDTHS)
    def test_code_and_tables_are_unchanged(self, slug: str, width: int) -> None:
        lines = iter(explained.page(PAGES[slug], Style(width)).splitlines())
        for line in fenced(PAGES[slug]):
            assert line in lines, line
        shown = explained.page(PAGES[slug], Style(width)).splitlines()
        assert set(as_they_stand(PAGES[slug])) <= set(shown)

    def test_every_word_of_the_prose_is_shown(self, slug: str) -> None:
        prose = re.sub(r"^```.*?^```$|^\|.*|^#+ ", "", PAGES[slug], flags=re.MULTILINE | re.DOTALL)
        shown = explained.page(PAGES[slug], Style(120)).lower().split()
        assert set(plain(" ".join(prose.split())).lower().split()) - set(shown) == set()

    def test_nothing_of_the_markup_is_left(self, slug: str) -> None:
        code = set(as_they_stand(PAGES[slug]))
        lines = explained.page(PAGES[slug], Style(80)).splitlines()
        prose = "\n".join(line for line in lines if line not in code)
        assert not re.search(r"\]\(|\*\*|```|^#", prose, re.MULTILINE)

    def test_colour_and_ascii_change_the_looks_only(self, slug: str) -> None:
        bare = explained.page(PAGES[slug], Style(80))
        assert "\x1b" not in bare
        coloured = explained.page(PAGES[slug], Style(80, colour=True))
        assert "\x1b[1mWHAT IT IS\x1b[0m" in coloured
        assert SGR.sub("", coloured) == bare
        assert explained.page(PAGES[slug], Style(80, ascii=True)).isascii()


def test_blocks_of_markdown() -> None:
    text = (
        "# title\n\nOne [`slug`](a.md)\nsentence, *so* to **say**. Two.\n\n## Head\n\n1. first\n   goes on\n"
        "2. `a[0](*b)`:\n\n```python\nx = 1\n\n\ny = [f](x)\n```\n\n   hangs\n- item\n- item\n\n| a | b |\n|---|---|\nend\n"
    )
    assert explained.page(text, Style(40)) == (
        "title\n\nOne `slug` sentence, so to say. Two.\n\nHEAD\n\n1. first goes on\n2. `a[0](*b)`:\n\n"
        "x = 1\n\n\ny = [f](x)\n\n   hangs\n\n- item\n- item\n\n| a | b |\n|---|---|\n\nend\n"
    )
    assert first_sentence(text) == "One `slug` sentence, so to say"


def test_code_is_wider_than_the_terminal_rather_than_cut() -> None:
    line = "x = " + "1 + " * 60 + "1"
    assert explained.page(f"```python\n{line}\n```\n", Style(40)) == line + "\n"


@settings(max_examples=60)
@given(names, st.integers(40, 140), st.booleans())
def test_hostile_pages_stay_inside(name: str, width: int, ascii: bool) -> None:  # noqa: A002
    inside = clean(name.replace("`", ""), ascii)
    line = " ".join(name.split())  # of one line: what breaks it would end the block
    for text in (f"# {line}", f"a {line}", f"- {line}", f"[{line}](x)"):
        assert_well_formed(explained.page(text, Style(width, ascii=ascii)), width)
    code = explained.page(f"```\n{inside}\n```\n| {inside} |\n", Style(width, ascii=ascii))
    assert_well_formed(code, 100_000)


# --- what the own run showed


def test_a_finding_looks_as_in_the_report() -> None:
    shown = explained.run_of_cause(SICK, "blocking-call", ALL, Style(80))
    report = render(SICK, "terminal", width=80)
    finding = shown[shown.index("1. blocking-call") :].rstrip()
    assert finding in report
    assert "predicted 3.01 s" in finding
    assert shown.startswith(
        "\nIN YOUR OWN RUN\n\n003_ex2.py, 6.01 s (/home/user/.cache/asyncwhy/12ab.trace)\n"
    )


def test_three_findings_then_how_to_see_the_rest() -> None:
    many = tuple(replace(BLOCKING, cost_s=float(9 - i)) for i in range(5))
    other = replace(BLOCKING, cause="cpu-on-loop", cost_s=99.0)
    shown = explained.run_of_cause(replace(SICK, findings=(*many, other)), "blocking-call", ALL, Style(80))
    assert re.findall(r"^(\d)\. (\S+):", shown, re.MULTILINE) == [
        (number, "blocking-call") for number in "234"
    ]  # the numbers that they have in the report
    assert shown.endswith(f"\n2 more findings of it: {ALL}\n")


@pytest.mark.parametrize(
    ("report", "said"),
    [
        (HEALTHY, "It has no gil-held. Nothing was found."),
        (SICK, "It has no gil-held. What it has: blocking-call."),
        (UNKNOWN, f"It has no gil-held, but could not be judged: {UNKNOWN.reason}."),
    ],
)
def test_a_run_that_has_none(report: Report, said: str) -> None:
    assert words(explained.run_of_cause(report, "gil-held", ALL, Style(80))).endswith(said)


def test_what_was_seen_of_an_idea() -> None:
    shown = explained.run_of_idea(THREADS, ("One. " * 30, "Two."), Style(80))
    assert shown.count("\n- ") == 2
    assert max(map(cells, shown.splitlines())) <= 80


def test_no_run_at_all() -> None:
    assert explained.no_run("None.", Style(80)) == "\nIN YOUR OWN RUN\n\nNone.\n"


@settings(max_examples=40)
@given(names, st.integers(40, 140), st.booleans())
def test_hostile_runs_stay_inside(name: str, width: int, ascii: bool) -> None:  # noqa: A002
    style = Style(width, ascii=ascii)
    report = hostile(name)
    assert_well_formed(explained.run_of_cause(report, "blocking-call", f"{ALL} {name}", style), width)
    unknown = replace(report, findings=(), verdict=Verdict.UNKNOWN)
    assert_well_formed(explained.run_of_cause(unknown, "blocking-call", ALL, style), width)
    assert_well_formed(explained.run_of_idea(report, (name, f"`{name}`"), style), width)
    assert_well_formed(explained.no_run(name, style), width)


@pytest.mark.parametrize("width", WIDTHS)
def test_the_contents_list_every_page(width: int) -> None:
    shown = explained.contents(
        {"causes": PAGES, "ideas": {"x": "# x\n\nThe [first](a.md). Second."}}, Style(width)
    )
    assert_well_formed(shown, width)
    assert shown.startswith("CAUSES\n")
    assert "\n\nIDEAS\n" in shown
    assert words(shown).endswith("x The first")
    assert all(slug in shown for slug in PAGES)


def test_nasty_names_are_nasty() -> None:
    assert any(clean(name) != name for name in NASTY)
