"""A small editor: starts the language server and speaks its protocol, message by message."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from tests.agent.twice import environment

PATIENCE_S = 40.0


class Editor:
    """`heard` are the messages so far; each wait is for one that has not been taken yet."""

    def __init__(self, folder: Path, **variables: str) -> None:
        self.folder = folder
        command = [sys.executable, "-m", "asyncwhy", "language-server"]
        self.process = subprocess.Popen(
            command,
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment({"XDG_CACHE_HOME": str(folder.parent / "cache"), **variables}),
        )
        self.heard: queue.Queue[dict[str, Any]] = queue.Queue()
        self.number = 0
        self.versions: dict[str, int] = {}
        self.said = b""
        threading.Thread(target=self._listen, daemon=True).start()
        threading.Thread(target=self._drain, daemon=True).start()

    def _listen(self) -> None:
        assert self.process.stdout
        while header := self.process.stdout.readline():
            if header.lower().startswith(b"content-length:"):
                length = int(header.split(b":")[1])
                while self.process.stdout.readline().strip():
                    pass
                self.heard.put(json.loads(self.process.stdout.read(length)))

    def _drain(self) -> None:
        assert self.process.stderr
        for line in self.process.stderr:
            self.said += line

    def raw(self, data: bytes) -> None:
        assert self.process.stdin
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def body(self, data: bytes) -> None:
        self.raw(b"Content-Length: %d\r\n\r\n" % len(data) + data)

    def tell(self, method: str, **params: Any) -> None:
        self.body(json.dumps({"jsonrpc": "2.0", "method": method, "params": params}).encode())

    def ask(self, method: str, params: Any) -> Any:
        """The result of a request; what else is heard until then is dropped."""
        self.number += 1
        message = {"jsonrpc": "2.0", "id": self.number, "method": method, "params": params}
        self.body(json.dumps(message).encode())
        while True:
            heard = self.heard.get(timeout=PATIENCE_S)
            if heard.get("id") == self.number and "method" not in heard:
                return heard.get("result", heard.get("error"))

    def begin(self, folder: Path | None = None) -> Any:
        uri = (folder or self.folder).as_uri()
        folders = [{"uri": uri, "name": "project"}]
        params = {
            "processId": os.getpid(),
            "rootUri": uri,
            "workspaceFolders": folders,
            "capabilities": {"general": {"positionEncodings": ["utf-16"]}},
        }
        answer = self.ask("initialize", params)
        self.tell("initialized")
        return answer

    def uri(self, name: str) -> str:
        return (self.folder / name).as_uri()

    def open(self, name: str, text: str) -> None:
        self.versions[name] = 1
        document = {"uri": self.uri(name), "languageId": "python", "version": 1, "text": text}
        self.tell("textDocument/didOpen", textDocument=document)

    def change(self, name: str, text: str) -> None:
        self.versions[name] += 1
        document = {"uri": self.uri(name), "version": self.versions[name]}
        self.tell("textDocument/didChange", textDocument=document, contentChanges=[{"text": text}])

    def diagnostics(self, name: str) -> list[dict[str, Any]]:
        """The next ones that are published for the newest text of a file."""
        while True:
            heard = self.heard.get(timeout=PATIENCE_S)
            if heard.get("method") == "textDocument/publishDiagnostics":
                params = heard["params"]
                if params["uri"] == self.uri(name) and params.get("version") == self.versions[name]:
                    found: list[dict[str, Any]] = params["diagnostics"]
                    return found

    def end(self) -> int:
        """The exit code after a shutdown as the protocol wants it."""
        assert self.ask("shutdown", None) is None
        self.tell("exit")
        return self.process.wait(timeout=PATIENCE_S)

    def __enter__(self) -> Editor:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream:
                with contextlib.suppress(OSError):
                    stream.close()
