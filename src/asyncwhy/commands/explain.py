"""`asyncwhy explain`: print the page of a cause."""

from __future__ import annotations

import argparse
import sys
from importlib import resources

from asyncwhy.commands.verb import Verb
from asyncwhy.errors import UnknownCause


class Explain(Verb):
    """Prints the page of a cause: what it is, why it is bad, how to fix it.

    Without a slug it lists them all.
    """

    name = "explain"
    summary = "print the page of a cause"

    def arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("slug", nargs="?", metavar="SLUG", help="the cause's name, as in a report")

    def run(self, options: argparse.Namespace) -> int:
        pages = {
            page.name.removesuffix(".md"): page
            for page in resources.files("asyncwhy.causes").iterdir()
            if page.name.endswith(".md")
        }
        if options.slug is None:
            width = max(map(len, pages), default=0)
            for slug in sorted(pages):
                print(f"{slug:<{width}}  {_summary(pages[slug].read_text(encoding='utf-8'))}")
            return 0
        if options.slug not in pages:
            raise UnknownCause(f"there is no cause `{options.slug[:60]}` (asyncwhy explain lists them)")
        sys.stdout.write(pages[options.slug].read_text(encoding="utf-8"))
        return 0


def _summary(text: str) -> str:
    """The first sentence below the title."""
    paragraph = next((part for part in text.split("\n\n")[1:] if part.strip()), "")
    return " ".join(paragraph.split()).partition(". ")[0].rstrip(".")


VERB = Explain()
