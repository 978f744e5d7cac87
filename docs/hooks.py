"""Shows the pages of the causes, which stand beside their code, in the site, and makes the reports that it shows.

Each `src/asyncwhy/causes/<slug>.md` becomes `causes/<slug>.html`, gets a place in the navigation, and a
row in the table of `causes/index.md`: its slug and the first paragraph beneath "What it is".
The reports of `reports.md` come from running specimens.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs.structure.files import File

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

CAUSES = Path(__file__).parent.parent / "src" / "asyncwhy" / "causes"
#: Specimens whose reports the page `reports.md` shows, as they are when the site is built.
REPORTS = ("blocking-call", "sequential-awaits", "pool-saturated", "serialised-by-lock", "cpu-on-loop")
SPECIMENS = CAUSES.parents[2] / "specimens"
TABLE = "<!-- the table of causes -->"


def cause_pages() -> list[Path]:
    """The pages in the order of the navigation."""
    return sorted(CAUSES.glob("*.md"))


def what_it_is(page: str) -> str:
    """The first paragraph beneath the heading, on one line; empty where the page has none."""
    found = re.search(r"^#+ What it is\s*\n+(.+?)(?:\n\s*\n|\Z)", page, re.MULTILINE | re.DOTALL)
    return " ".join(found[1].split()) if found else ""


@cache
def report_of(slug: str) -> bytes:
    """The HTML report of a specimen, which is run for it."""
    with tempfile.TemporaryDirectory(prefix="asyncwhy-docs-") as folder:
        page = Path(folder, "page.html")
        told = ["--format", "html", "--report", str(page), "-o", str(Path(folder, "trace"))]
        program = SPECIMENS / slug / "asyncio" / "sick.py"
        command = [sys.executable, "-m", "asyncwhy", "run", *told, program.name]
        subprocess.run(command, cwd=program.parent, check=True, capture_output=True, timeout=120)
        return page.read_bytes()


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    for section in config.nav or []:
        if isinstance(section, dict) and "Causes" in section:
            section["Causes"] += [{page.stem: f"causes/{page.name}"} for page in cause_pages()]
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    for page in cause_pages():
        files.append(File.generated(config, f"causes/{page.name}", abs_src_path=str(page)))
    for slug in REPORTS:
        files.append(File.generated(config, f"reports/{slug}.html", content=report_of(slug)))
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
