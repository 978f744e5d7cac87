"""Shows the pages of the causes, which stand beside their code, in the site.

Each `src/asyncwhy/causes/<slug>.md` becomes `causes/<slug>.html`, gets a place in the navigation, and a
row in the table of `causes/index.md`: its slug and the first paragraph beneath "What it is".
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs.structure.files import File

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

CAUSES = Path(__file__).parent.parent / "src" / "asyncwhy" / "causes"
TABLE = "<!-- the table of causes -->"


def cause_pages() -> list[Path]:
    """The pages in the order of the navigation."""
    return sorted(CAUSES.glob("*.md"))


def what_it_is(page: str) -> str:
    """The first paragraph beneath the heading, on one line; empty where the page has none."""
    found = re.search(r"^#+ What it is\s*\n+(.+?)(?:\n\s*\n|\Z)", page, re.MULTILINE | re.DOTALL)
    return " ".join(found[1].split()) if found else ""


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    for section in config.nav or []:
        if isinstance(section, dict) and "Causes" in section:
            section["Causes"] += [{page.stem: f"causes/{page.name}"} for page in cause_pages()]
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    for page in cause_pages():
        files.append(File.generated(config, f"causes/{page.name}", abs_src_path=str(page)))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    if page.file.src_uri != "causes/index.md":
        return markdown
    rows = [
        f"| [`{path.stem}`]({path.name}) | {what_it_is(path.read_text(encoding='utf-8'))} |"
        for path in cause_pages()
    ]
    return markdown.replace(TABLE, "\n".join(["| cause | what it is |", "|---|---|", *rows]))


def on_serve(server: object, **_: object) -> object:
    server.watch(str(CAUSES))  # type: ignore[attr-defined]
    return server
