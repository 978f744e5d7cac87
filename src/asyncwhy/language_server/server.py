"""The protocol: what the client opens and edits is checked when typing pauses, and what is found is published."""

from __future__ import annotations

import asyncio
import logging
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib import metadata

from lsprotocol import types
from pygls import uris
from pygls.lsp.server import LanguageServer

from asyncwhy.language_server import wording
from asyncwhy.language_server.projects import Answer, Projects, root_of
from asyncwhy.model import Finding

#: Seconds without a change before the project is checked: people pause longer between words of thought.
PAUSE_S = 0.3
_WATCHED = ("**/*.py", "**/pyproject.toml")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a file's diagnostics tell of."""

    answer: Answer
    findings: tuple[tuple[types.Diagnostic, Finding], ...]


class Server(LanguageServer):
    """Everything here runs on the loop; checking runs on one thread, which owns `projects`."""

    def __init__(self) -> None:
        super().__init__("asyncwhy", metadata.version("asyncwhy"))
        self.projects = Projects()
        self.thread_of_projects = ThreadPoolExecutor(1, "asyncwhy-check")
        self.open: dict[str, str] = {}  # path -> uri
        self.shown: dict[str, Shown] = {}  # by uri
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()
        self._look: set[str] = set()
        self._said = ""
        self.was_shut_down = False

    def root(self, path: str) -> str:
        """The project of a file."""
        found = (uris.to_fs_path(uri) for uri in self.workspace.folders)
        folders = [folder for folder in found if folder]
        if not folders and self.workspace.root_path:
            folders = [self.workspace.root_path]
        return root_of(path, folders)

    def touched(self, root: str, *, look: bool = False) -> None:
        """Check a project when nothing has been touched for a while."""
        if look:
            self._look.add(root)
        timer = self._timers.pop(root, None)
        if timer is not None:
            timer.cancel()
        self._timers[root] = asyncio.get_running_loop().call_later(PAUSE_S, self._start, root)

    def _start(self, root: str) -> None:
        self._timers.pop(root, None)
        running = self._tasks.get(root)
        if running is not None and not running.done():
            self._again.add(root)
            return
        self._tasks[root] = asyncio.get_running_loop().create_task(self._check(root))

    async def _check(self, root: str) -> None:
        opened = {path: uri for path, uri in self.open.items() if self.root(path) == root}
        documents = {path: self.workspace.get_text_document(uri) for path, uri in opened.items()}
        texts = {path: document.source for path, document in documents.items()}
        look = root in self._look
        self._look.discard(root)
        loop = asyncio.get_running_loop()
        try:
            answer = await loop.run_in_executor(
                self.thread_of_projects, lambda: self.projects.check(root, texts, look=look)
            )
            self._complain(answer.complaint)
            for path, uri in opened.items():
                # What was edited in the meantime is checked again in a moment, with the right lines.
                if path in self.open and documents[path].source == texts[path]:
                    self._publish(path, uri, answer)
        except Exception:  # noqa: BLE001 (one failed check is no reason to leave the editor alone)
            _log.exception("cannot check %s", root)
        finally:
            if root in self._again:
                self._again.discard(root)
                self.touched(root)

    def _publish(self, path: str, uri: str, answer: Answer) -> None:
        document = self.workspace.get_text_document(uri)
        units = document.position_codec.client_num_units
        pairs = tuple(
            (wording.diagnostic(finding, answer, units), finding)
            for finding in answer.found.findings
            if finding.site.file == path
        )
        self.shown[uri] = Shown(answer, pairs)
        self.text_document_publish_diagnostics(
            types.PublishDiagnosticsParams(uri, [shown for shown, _ in pairs], document.version)
        )

    def _complain(self, text: str) -> None:
        """Say once that the settings make no sense."""
        if text and text != self._said:
            self.window_show_message(types.ShowMessageParams(types.MessageType.Warning, f"asyncwhy: {text}"))
        self._said = text

    def forget(self, uri: str) -> None:
        """A file was closed."""
        for path in [path for path, known in self.open.items() if known == uri]:
            del self.open[path]
            self.touched(self.root(path))
        if self.shown.pop(uri, None) is not None:
            self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, []))

    def at(self, uri: str, where: types.Range) -> list[tuple[types.Diagnostic, Finding]]:
        """The findings that a range touches."""
        shown = self.shown.get(uri)
        return [pair for pair in shown.findings if _touch(pair[0].range, where)] if shown else []


def _touch(one: types.Range, other: types.Range) -> bool:
    return _key(one.start) <= _key(other.end) and _key(other.start) <= _key(one.end)


def _key(position: types.Position) -> tuple[int, int]:
    return position.line, position.character


def path_of(uri: str) -> str | None:
    """The path of a Python file on the disk; None for all else."""
    path = uris.to_fs_path(uri) if uri.startswith("file:") else None
    return os.path.normpath(path) if path and path.endswith(".py") else None


def make() -> Server:
    """The server with all that it answers."""
    server = Server()

    @server.feature(types.INITIALIZED)
    def initialized(ls: Server, _params: types.InitializedParams) -> None:
        workspace = ls.client_capabilities.workspace
        watching = workspace.did_change_watched_files if workspace else None
        if watching and watching.dynamic_registration:
            watchers = [types.FileSystemWatcher(pattern) for pattern in _WATCHED]
            options = types.DidChangeWatchedFilesRegistrationOptions(watchers)
            one = types.Registration("asyncwhy", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
            ls.client_register_capability(types.RegistrationParams([one]))

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(ls: Server, params: types.DidOpenTextDocumentParams) -> None:
        path = path_of(params.text_document.uri)
        if path is not None:
            ls.open[path] = params.text_document.uri
            ls.touched(ls.root(path))

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def changed(ls: Server, params: types.DidChangeTextDocumentParams) -> None:
        path = path_of(params.text_document.uri)
        if path in ls.open and path is not None:
            ls.touched(ls.root(path))

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def saved(ls: Server, _params: types.DidSaveTextDocumentParams) -> None:
        _look(ls)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(ls: Server, params: types.DidCloseTextDocumentParams) -> None:
        ls.forget(params.text_document.uri)

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def moved(ls: Server, _params: types.DidChangeWatchedFilesParams) -> None:
        _look(ls)

    @server.feature(types.SHUTDOWN)
    def ending(ls: Server, *_: object) -> None:
        ls.was_shut_down = True
        ls.thread_of_projects.shutdown(wait=False, cancel_futures=True)

    _answering(server)
    return server


def _look(server: Server) -> None:
    for root in {server.root(path) for path in server.open}:
        server.touched(root, look=True)


def _answering(server: Server) -> None:
    """What the client asks about a place."""

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    def hover(ls: Server, params: types.HoverParams) -> types.Hover | None:
        uri = params.text_document.uri
        found = ls.at(uri, types.Range(params.position, params.position))
        if not found:
            return None
        answer = ls.shown[uri].answer
        text = "\n\n---\n\n".join(wording.hover(finding, answer) for _, finding in found)
        return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, text), found[0][0].range)

    kinds = types.CodeActionOptions([types.CodeActionKind.QuickFix])

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, kinds)
    def actions(ls: Server, params: types.CodeActionParams) -> list[types.CodeAction]:
        uri = params.text_document.uri
        document = ls.workspace.get_text_document(uri)
        units = document.position_codec.client_num_units
        return [
            action
            for shown, finding in ls.at(uri, params.range)
            for action in wording.actions(finding, shown, uri, document.source, units)
        ]
