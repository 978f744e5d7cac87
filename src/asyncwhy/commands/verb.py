"""What a verb is: a name, a help text, arguments, and a function that gives an exit code."""

from __future__ import annotations

import argparse
from abc import ABC, abstractmethod


class Verb(ABC):
    """The docstring of each subclass is its help."""

    name: str
    summary: str
    usage: str | None = None

    @abstractmethod
    def arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the options."""

    @abstractmethod
    def run(self, options: argparse.Namespace) -> int:
        """Do it; the exit code.  Raises `AsyncwhyError`."""

    def prepare(self, arguments: list[str]) -> list[str]:
        """The arguments as argparse is to see them."""
        return arguments
