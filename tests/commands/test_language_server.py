"""The language server, from the outside: an editor opens, edits and asks, and sees what `check` finds."""

from __future__ import annotations

import builtins
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from asyncwhy.commands.language_server import VERB
from asyncwhy.errors import CheckError
from tests.commands.editor import Editor

HELPER = "import time\n\n\ndef pause():\n    time.sleep(1)\n"
APP = "from helper import pause\n\n\nasync def main():\n    pause()\n"
WELL = APP.replace("    pause()", "    pass")


@pytest.fixture
def editor(tmp_path: Path) -> Iterator[Editor]:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "helper.py").write_text(HELPER)
    (folder / "app.py").write_text(WELL)
    with Editor(folder) as made:
        yield made


def causes(found: list[dict[str, Any]]) -> list[tuple[str, int]]:
    return [(one["code"], one["range"]["start"]["line"]) for one in found]


def test_what_is_typed_is_checked_through_other_files(editor: Editor) -> None:
    """The call stands in a helper: opened there, the path leads to the unsaved text of the other buffer."""
    editor.begin()
    editor.open("app.py", WELL)
    editor.open("helper.py", HELPER)
    assert editor.diagnostics("helper.py") == []
    editor.change("app.py", APP)
    (found,) = editor.diagnostics("helper.py")
    assert causes([found]) == [("blocking-call", 4)]
    assert found["severity"] == 2  # a warning is 2 in the protocol
    (related,) = found["relatedInformation"]
    assert related["location"]["uri"] == editor.uri("app.py")
    assert related["location"]["range"]["start"] == {"line": 4, "character": 4}
    assert found["codeDescription"]["href"].endswith("/blocking-call.md")
    editor.change("app.py", WELL)
    assert editor.diagnostics("helper.py") == []
    assert editor.end() == 0


def test_a_file_that_does_not_parse_has_none_and_is_known_as_it_was(editor: Editor) -> None:
    editor.begin()
    editor.open("app.py", APP)
    editor.open("helper.py", HELPER)
    assert causes(editor.diagnostics("helper.py")) == [("blocking-call", 4)]
    editor.change("app.py", APP + "def (:\n")
    assert causes(editor.diagnostics("helper.py")) == [("blocking-call", 4)]
    editor.change("helper.py", HELPER + "def (:\n")
    assert editor.diagnostics("helper.py") == []
    editor.change("helper.py", HELPER)
    assert causes(editor.diagnostics("helper.py")) == [("blocking-call", 4)]


def test_quick_fixes_and_hover(editor: Editor) -> None:
    text = 'import time\n\n\nasync def main():\n    "𝄞é"; time.sleep(1)\n'
    editor.begin()
    editor.open("app.py", text)
    (found,) = editor.diagnostics("app.py")
    assert found["range"]["start"] == {"line": 4, "character": 11}  # in UTF-16
    document = {"uri": editor.uri("app.py")}
    asked = {"textDocument": document, "range": found["range"], "context": {"diagnostics": [found]}}
    hint, ignore = editor.ask("textDocument/codeAction", asked)
    assert "asyncio.sleep" in hint["title"]
    assert "edit" in hint or hint["disabled"]["reason"]
    (edit,) = ignore["edit"]["changes"][editor.uri("app.py")]
    assert edit["range"]["start"] == {"line": 4, "character": 24}
    assert edit["newText"] == "  # asyncwhy: ignore[blocking-call]"
    shown = editor.ask("textDocument/hover", {"textDocument": document, "position": found["range"]["start"]})
    assert "app.py:5" in shown["contents"]["value"]
    nowhere = {"textDocument": document, "position": {"line": 0, "character": 0}}
    assert editor.ask("textDocument/hover", nowhere) is None
    editor.change("app.py", text.replace("sleep(1)", "sleep(1)" + edit["newText"]))
    assert editor.diagnostics("app.py") == []


def test_settings_are_read_again(editor: Editor) -> None:
    editor.begin()
    editor.open("helper.py", HELPER)
    editor.open("app.py", APP)
    assert causes(editor.diagnostics("helper.py")) == [("blocking-call", 4)]
    settings = editor.folder / "pyproject.toml"
    settings.write_text('[tool.asyncwhy]\nignore = ["blocking-call"]\n')
    event = {"uri": settings.as_uri(), "type": 1}
    editor.tell("workspace/didChangeWatchedFiles", changes=[event])
    assert editor.diagnostics("helper.py") == []
    settings.write_text("[tool.asyncwhy]\nnonsense = 1\n")
    editor.tell("workspace/didChangeWatchedFiles", changes=[event])
    assert editor.diagnostics("helper.py") == []  # the last good ones hold


def test_files_that_come_and_go(editor: Editor) -> None:
    (editor.folder / "helper.py").unlink()
    editor.begin()
    editor.open("app.py", APP)
    assert editor.diagnostics("app.py") == []
    (editor.folder / "helper.py").write_text(HELPER)
    editor.tell("textDocument/didSave", textDocument={"uri": editor.uri("app.py")})
    editor.open("helper.py", HELPER)
    assert causes(editor.diagnostics("helper.py")) == [("blocking-call", 4)]
    editor.tell("textDocument/didClose", textDocument={"uri": editor.uri("app.py")})
    (editor.folder / "app.py").unlink()
    editor.tell("workspace/didChangeWatchedFiles", changes=[{"uri": editor.uri("app.py"), "type": 3}])
    assert editor.diagnostics("helper.py") == []


BAD = {
    "no json": b"{",
    "no object": b"[1, 2]",
    "no bytes of text": b"\xff\xfe",
    "no method": b'{"jsonrpc": "2.0", "id": "x"}',
    "unknown method": b'{"jsonrpc": "2.0", "id": 77, "method": "nothing/atAll", "params": {}}',
    "wrong parameters": b'{"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": {"textDocument": 3}}',
    "null parameters": b'{"jsonrpc": "2.0", "method": "textDocument/didChange", "params": null}',
    "never opened": (
        b'{"jsonrpc": "2.0", "method": "textDocument/didChange", "params": {"textDocument":'
        b' {"uri": "file:///no/such.py", "version": 3}, "contentChanges": [{"text": "x"}]}}'
    ),
    "odd address": (
        b'{"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": {"textDocument":'
        b' {"uri": "untitled:%00", "languageId": "python", "version": 1, "text": "x"}}}'
    ),
    "nothing there": (
        b'{"jsonrpc": "2.0", "id": 78, "method": "textDocument/hover", "params": {"textDocument":'
        b' {"uri": "file:///no/such.py"}, "position": {"line": 9, "character": 9}}}'
    ),
}


def test_whatever_the_client_sends_it_goes_on(editor: Editor) -> None:
    editor.begin()
    editor.raw(b"no header at all\r\n\r\nContent-Length: x\r\n\r\n")
    for data in BAD.values():
        editor.body(data)
    editor.open("helper.py", HELPER + "\n\nasync def f():\n    pause()\n")
    assert causes(editor.diagnostics("helper.py")) == [("blocking-call", 4)]
    assert editor.end() == 0


def test_a_client_that_vanishes(editor: Editor) -> None:
    editor.begin()
    assert editor.process.stdin
    editor.process.stdin.close()
    assert editor.process.wait(timeout=20) == 1


def test_without_pygls(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def missing(name: str, *rest: Any) -> Any:
        if name.partition(".")[0] in ("pygls", "lsprotocol"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return real(name, *rest)

    for name in [one for one in sys.modules if one.startswith("asyncwhy.language_server")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(CheckError, match=r"pip install 'asyncwhy\[lsp\]'") as caught:
        VERB.run(None)  # type: ignore[arg-type]
    assert caught.value.exit_code == 2
