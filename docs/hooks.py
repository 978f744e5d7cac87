"""Shows the pages of causes and ideas, which stand beside their code, in the site, and makes the reports it shows.

Each `src/asyncwhy/causes/<slug>.md` becomes `causes/<slug>.html`, gets a place in the navigation, and a
row in the table of `causes/index.md`: its slug and the first paragraph beneath "What it is".  So do those of `ideas`.
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

from asyncwhy.ideas import IDEAS

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

SOURCE = Path(__file__).parent.parent / "src" / "asyncwhy"
#: Section of the navigation -> the folder whose pages it shows.
SECTIONS = {"Causes": SOURCE / "causes", "Ideas": SOURCE / "ideas"}
#: Specimens whose reports the page `reports.md` shows, as they are when the site is built.
REPORTS = ("blocking-call", "sequential-awaits", "pool-saturated", "serialised-by-lock", "cpu-on-loop")
SPECIMENS = SOURCE.parents[1] / "specimens"
TABLE = "<!-- the table of pages -->"


def pages_of(section: str) -> list[Path]:
    """The pages of a section in the order of the navigation: ideas build on each other, causes do not."""
    pages = sorted(SECTIONS[section].glob("*.md"))
    if section == "Ideas":
        pages.sort(key=lambda page: IDEAS.index(page.stem))
    return pages


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
    for entry in config.nav or []:
        for section, folder in SECTIONS.items():
            if isinstance(entry, dict) and section in entry:
                entry[section] += [{page.stem: f"{folder.name}/{page.name}"} for page in pages_of(section)]
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    for section, folder in SECTIONS.items():
        for page in pages_of(section):
            files.append(File.generated(config, f"{folder.name}/{page.name}", abs_src_path=str(page)))
    for slug in REPORTS:
        files.append(File.generated(config, f"reports/{slug}.html", content=report_of(slug)))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    for section, folder in SECTIONS.items():
        if page.file.src_uri == f"{folder.name}/index.md":
            rows = [
                f"| [`{path.stem}`]({path.name}) | {what_it_is(path.read_text(encoding='utf-8'))} |"
                for path in pages_of(section)
            ]
            head = f"| {section.lower().removesuffix('s')} | what it is |"
            return markdown.replace(TABLE, "\n".join([head, "|---|---|", *rows]))
    return markdown


def on_serve(server: object, **_: object) -> object:
    for folder in SECTIONS.values():
        server.watch(str(folder))  # type: ignore[attr-defined]
    return server
