"""Every idea has a page that reads on a terminal, whose programs print what it says, and whose causes are its own."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from asyncwhy.causes import FOUND_IN_RUNS
from asyncwhy.ideas import IDEAS

PAGES = Path(__file__).parents[2] / "src" / "asyncwhy" / "ideas"
PROGRAM_THEN_OUTPUT = re.compile(
    r"^```python\n(.*?)^```\n\nIt prints:\n\n```text\n(.*?)^```", re.MULTILINE | re.DOTALL
)


def page(slug: str) -> str:
    return (PAGES / f"{slug}.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("slug", IDEAS)
class TestPages:
    def test_begins_with_one_sentence(self, slug: str) -> None:
        title, sentence, *_ = page(slug).split("\n\n")
        assert title == f"# {slug}"
        assert sentence.endswith(".")
        assert ". " not in sentence

    def test_its_programs_print_what_it_says(self, slug: str) -> None:
        found = PROGRAM_THEN_OUTPUT.findall(page(slug))
        assert found
        assert len(found) == page(slug).count("```python")
        for program, output in found:
            done = subprocess.run(
                [sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, timeout=60
            )
            assert (done.stdout, done.stderr) == (output, "")

    def test_its_causes_are_those_that_it_links_to(self, slug: str) -> None:
        linked = set(re.findall(r"\]\(\.\./causes/([\w-]+)\.md\)", page(slug)))
        causes = import_module(f"asyncwhy.ideas.{slug.replace('-', '_')}").CAUSES
        # What a page mentions in passing need not concern the idea; what concerns it is mentioned.
        assert set(causes) <= linked <= set(FOUND_IN_RUNS)

    def test_code_and_tables_fit_a_terminal(self, slug: str) -> None:
        blocks = re.findall(r"^```\w+\n(.*?)^```", page(slug), re.MULTILINE | re.DOTALL)
        kept = "\n".join(blocks).splitlines() + re.findall(r"^\|.*", page(slug), re.MULTILINE)
        assert [line for line in kept if len(line) > 80] == []

    def test_is_short_enough_to_be_read(self, slug: str) -> None:
        assert 40 <= len(page(slug).splitlines()) <= 90


def test_no_page_is_without_an_idea_and_no_idea_a_cause() -> None:
    assert {path.stem for path in PAGES.glob("*.md")} == set(IDEAS)
    assert not set(IDEAS) & set(FOUND_IN_RUNS)


def test_every_cause_concerns_an_idea() -> None:
    ideas = [import_module(f"asyncwhy.ideas.{slug.replace('-', '_')}") for slug in IDEAS]
    assert {cause for idea in ideas for cause in idea.CAUSES} == set(FOUND_IN_RUNS)
