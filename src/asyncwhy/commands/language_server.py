"""`asyncwhy language-server`: what `check` finds, in an editor, as one types."""

from __future__ import annotations

import argparse
import logging
import os
import sys

from asyncwhy.commands.verb import Verb
from asyncwhy.errors import CheckError


class LanguageServer(Verb):
    """Speaks the language server protocol on stdin and stdout: editors start it.

    It shows what `asyncwhy check` finds in the open files as one types, with the paths.
    """

    name = "language-server"
    summary = "show in an editor what `check` finds, as one types"

    def arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--stdio", action="store_true", help="what it does anyway; editors like to say so"
        )

    def run(self, options: argparse.Namespace) -> int:  # noqa: ARG002 (there is nothing to say)
        try:
            from asyncwhy.language_server.server import make
        except ImportError as error:
            if (error.name or "").partition(".")[0] in ("pygls", "lsprotocol", "cattrs", "attrs"):
                raise CheckError("the language server needs pygls: pip install 'asyncwhy[lsp]'") from None
            raise
        logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="asyncwhy: %(message)s")
        server = make()
        server.start_io()
        sys.stderr.flush()
        # A check that still runs has nobody left to tell: its thread is not waited for.
        os._exit(0 if server.was_shut_down else 1)


VERB = LanguageServer()
