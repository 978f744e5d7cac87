"""The docs cannot drift: every cause and idea has its page, every option its row, every link its end."""

from __future__ import annotations

import argparse
import dataclasses
import importlib
import importlib.util
import re
from enum import StrEnum
from pathlib import Path

import pytest
import yaml

from asyncwhy import errors, ideas, model

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
CAUSES = ROOT / "src" / "asyncwhy" / "causes"
HEADINGS = [
    "What it is",
    "Why it is bad",
    "Example",
    "How to fix it",
    "How safe the fix is",
    "Known problems",
]
IDEAS = ROOT / "src" / "asyncwhy" / "ideas"
IDEA_HEADINGS = ["What it is", "How it goes wrong", "Example", "What to remember"]
# Of issue 2.  A later cause adds itself by its page; one of these never goes missing.
FIRST_CAUSES = {
    "blocking-call",
    "cpu-on-loop",
    "gil-bound-threads",
    "gil-held",
    "many-small-holds",
    "never-awaited",
    "pool-saturated",
    "second-loop",
}
# No part of a package or of the site: told, not linked.
OUTSIDE = ("http://", "https://", "mailto:")

cause_pages = sorted(CAUSES.glob("*.md"))
idea_pages = sorted(IDEAS.glob("*.md"))


def site_pages() -> dict[str, Path]:
    """Every page by its path in the site, those of causes and ideas at the place where the hook puts them."""
    pages = {path.relative_to(DOCS).as_posix(): path for path in DOCS.rglob("*.md")}
    return pages | {f"{path.parent.name}/{path.name}": path for path in (*cause_pages, *idea_pages)}


def without_code(text: str) -> str:
    return re.sub(r"^```.*?^```|`[^`\n]*`", "", text, flags=re.MULTILINE | re.DOTALL)


def links(text: str) -> list[str]:
    found = re.findall(r"\]\(([^)\s]+)\)", without_code(text))
    return [link for link in found if not link.startswith(OUTSIDE)]


def anchors(text: str) -> set[str]:
    """As the toc extension makes them from headings."""
    headings = re.findall(r"^#+ (.+)$", without_code(text), re.MULTILINE)
    return {re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", title).strip().lower()) for title in headings}


def broken(text: str, place: Path, pages: dict[Path, str]) -> list[str]:
    """The links of a text at a place that lead to no page, or to no heading of it."""
    wrong = []
    for link in links(text):
        target, _, anchor = link.partition("#")
        path = (place.parent / target).resolve() if target else place.resolve()
        known = path in pages or (target and path.exists())
        if not known or (anchor and anchor not in anchors(pages.get(path, ""))):
            wrong.append(link)
    return wrong


class TestCauses:
    def test_the_first_causes_have_pages(self) -> None:
        assert {page.stem for page in cause_pages} >= FIRST_CAUSES

    @pytest.mark.parametrize("page", cause_pages, ids=lambda page: page.stem)
    def test_a_page_has_its_headings(self, page: Path) -> None:
        headings = re.findall(r"^## (.+)$", without_code(page.read_text()), re.MULTILINE)
        assert [heading for heading in headings if heading in HEADINGS] == HEADINGS

    @pytest.mark.parametrize("page", cause_pages, ids=lambda page: page.stem)
    def test_a_page_begins_with_its_slug(self, page: Path) -> None:
        assert page.stem in page.read_text().partition("\n")[0]

    @pytest.mark.parametrize("page", cause_pages, ids=lambda page: page.stem)
    def test_a_page_stands_beside_its_code(self, page: Path) -> None:
        assert page.with_name(page.stem.replace("-", "_") + ".py").exists()

    def test_every_page_is_in_the_navigation(self) -> None:
        assert navigation("Causes") == [page.stem for page in cause_pages]

    @pytest.mark.parametrize("page", cause_pages, ids=lambda page: page.stem)
    def test_the_table_has_a_sentence_of_every_page(self, page: Path) -> None:
        assert len(load_hooks().what_it_is(page.read_text())) > 20


class TestIdeas:
    @pytest.mark.parametrize("page", idea_pages, ids=lambda page: page.stem)
    def test_a_page_has_its_headings(self, page: Path) -> None:
        headings = re.findall(r"^## (.+)$", without_code(page.read_text()), re.MULTILINE)
        assert headings == IDEA_HEADINGS

    @pytest.mark.parametrize("page", idea_pages, ids=lambda page: page.stem)
    def test_a_page_stands_beside_what_tells_of_a_run(self, page: Path) -> None:
        idea = importlib.import_module(f"asyncwhy.ideas.{page.stem.replace('-', '_')}")
        assert callable(idea.seen)

    def test_every_page_is_in_the_navigation_in_the_order_of_explain(self) -> None:
        assert navigation("Ideas") == list(ideas.IDEAS)
        assert sorted(ideas.IDEAS) == [page.stem for page in idea_pages]

    @pytest.mark.parametrize("page", idea_pages, ids=lambda page: page.stem)
    def test_the_table_has_a_sentence_of_every_page(self, page: Path) -> None:
        assert len(load_hooks().what_it_is(page.read_text())) > 20


def navigation(section: str) -> list[str]:
    """The pages that the hook adds to a section."""
    config = argparse.Namespace(nav=read_mkdocs()["nav"])
    shown = next(item[section] for item in load_hooks().on_config(config).nav if section in item)
    return [name for item in shown[1:] for name in item]


def test_the_site_shows_five_reports() -> None:
    hooks = load_hooks()
    page = (DOCS / "reports.md").read_text()
    assert re.findall(r'<iframe src="reports/([a-z-]+)\.html#timeline"', page) == list(hooks.REPORTS)
    assert len(hooks.REPORTS) >= 5
    assert all((hooks.SPECIMENS / slug / "asyncio" / "sick.py").exists() for slug in hooks.REPORTS)


def load_hooks():  # type: ignore[no-untyped-def]
    spec = importlib.util.spec_from_file_location("docs_hooks", DOCS / "hooks.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def read_mkdocs() -> dict:  # type: ignore[type-arg]
    return yaml.safe_load((ROOT / "mkdocs.yml").read_text())


class TestLinks:
    def test_of_the_site(self) -> None:
        pages = {(DOCS / uri).resolve(): path.read_text() for uri, path in site_pages().items()}
        wrong = {uri: broken(path.read_text(), DOCS / uri, pages) for uri, path in site_pages().items()}
        assert {uri: found for uri, found in wrong.items() if found} == {}

    @pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
    def test_of_the_repository(self, name: str) -> None:
        pages = {path.resolve(): path.read_text() for path in ROOT.glob("*.md")}
        pages |= {path.resolve(): path.read_text() for path in site_pages().values()}
        assert broken((ROOT / name).read_text(), ROOT / name, pages) == []

    def test_every_error_leads_to_a_page(self) -> None:
        kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
        named = {kind.page for kind in kinds if issubclass(kind, errors.AsyncwhyError)}
        assert named <= {uri.removesuffix(".md") for uri in site_pages()}

    def test_every_exit_code_of_ours_is_documented(self) -> None:
        kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
        codes = {kind.exit_code for kind in kinds if issubclass(kind, errors.AsyncwhyError)}
        page = (DOCS / "exit-codes.md").read_text()
        assert {code for code in codes if f"| {code} |" not in page} == set()


# Once cli.py is there its options are checked; until then there is nothing to be in step with.
needs_cli = pytest.mark.skipif(
    not (ROOT / "src" / "asyncwhy" / "cli.py").exists(), reason="asyncwhy.cli does not exist yet"
)


def documented() -> dict[str, set[str]]:
    """Command -> options, from the sections of the page; what stands before the first is of `asyncwhy`."""
    page = (DOCS / "command-line.md").read_text()
    first, *sections = re.split(r"^## asyncwhy ", page, flags=re.MULTILINE)
    by_command = {section.split(maxsplit=1)[0]: section for section in sections} | {"": first}
    return {command: options_of_table(text) for command, text in by_command.items()}


def options_of_table(text: str) -> set[str]:
    cells = re.findall(r"^\| (`-[^|]*)\|", text, re.MULTILINE)
    return {option for cell in cells for option in re.findall(r"`(--?[a-z][a-z-]*)`", cell)}


def accepted() -> dict[str, set[str]]:
    """Command -> options, from the parser itself; what argparse.SUPPRESS hides is not for people."""
    parser = importlib.import_module("asyncwhy.cli").build_parser()
    subparsers = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    commands = {name: sub for action in subparsers for name, sub in action.choices.items()}
    return {name: options_of_parser(sub) for name, sub in ({"": parser} | commands).items()}


def options_of_parser(parser: argparse.ArgumentParser) -> set[str]:
    shown = [action for action in parser._actions if action.help != argparse.SUPPRESS]
    options = {option for action in shown for option in action.option_strings}
    return options - {"-h", "--help"}


@needs_cli
def test_every_command_and_option_is_documented_and_the_reverse() -> None:
    assert documented() == accepted()


def test_every_field_of_the_report_is_documented() -> None:
    page = (DOCS / "json.md").read_text()
    records = [record for record in vars(model).values() if dataclasses.is_dataclass(record)]
    names = {field.name for record in records for field in dataclasses.fields(record)} - {
        "sources",
        "picture",
    }
    assert {name for name in names if not re.search(rf"\b{name}\b", page)} == set()


@pytest.mark.parametrize(
    "words", [model.Verdict, model.Evidence, model.Safety, model.State, model.Role, model.Direction]
)
def test_every_word_of_the_report_is_documented(words: type[StrEnum]) -> None:
    page = (DOCS / "json.md").read_text()
    assert {word.value for word in words if f"`{word.value}`" not in page} == set()
