"""Every cause of DESIGN.md has a page with its sections, and the programs on it are Python."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PAGES = Path(__file__).parents[2] / "src" / "asyncwhy" / "causes"
SLUGS = """
    blocking-call cpu-on-loop gil-held many-small-holds loop-saturated sequential-awaits await-in-loop
    serialised-by-lock concurrency-limit pool-saturated pool-deadlock gil-bound-threads oversubscribed
    ran-inline self-wait serial-dispatch offload-overhead thread-per-task busy-wait unsafe-wakeup
    second-loop never-awaited task-lost loop-misconfigured
""".split()
SECTIONS = [
    "What it is",
    "Why it is bad",
    "Example",
    "How to fix it",
    "How safe the fix is",
    "Known problems",
]


def programs(text: str) -> list[str]:
    return re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("slug", SLUGS)
class TestPages:
    def test_has_its_sections_in_order(self, slug: str) -> None:
        text = (PAGES / f"{slug}.md").read_text()
        assert text.startswith(f"# {slug}\n\n")
        assert re.findall(r"^## (.+)$", text, re.MULTILINE) == SECTIONS

    def test_begins_with_one_sentence(self, slug: str) -> None:
        summary = (PAGES / f"{slug}.md").read_text().split("\n\n")[1]
        assert summary.endswith(".")
        assert ". " not in summary

    def test_its_programs_compile(self, slug: str) -> None:
        found = programs((PAGES / f"{slug}.md").read_text())
        assert found
        for program in found:
            compile(program, slug, "exec")

    def test_links_lead_to_pages(self, slug: str) -> None:
        links = re.findall(r"\]\(([\w-]+)\.md\)", (PAGES / f"{slug}.md").read_text())
        assert set(links) <= set(SLUGS)


def test_there_is_no_page_without_a_cause() -> None:
    assert {page.stem for page in PAGES.glob("*.md")} == set(SLUGS)
