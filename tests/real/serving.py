"""A real server under bounded loopback load: observed by `asyncwhy run --for N`, and not observed."""

from __future__ import annotations

import http.server
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

APPS = Path(__file__).parent / "apps"
#: Where a server says where it listens; the system chose the port.
LISTENS = re.compile(r"running on (http://127\.0\.0\.1:\d+)", re.IGNORECASE)
START_S = 30.0
END_S = 60.0

Answers = dict[str, tuple[int, bytes]]


@dataclass(frozen=True)
class Served:
    """What the load was answered, and the report if there was one."""

    answers: Answers
    exit_code: int
    output: str
    errors: str
    report: dict[str, Any]


@contextmanager
def slow_upstream(delay_s: float = 0.1) -> Iterator[str]:
    """The address of a server in this process that answers every request after `delay_s`."""

    class Slow(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            time.sleep(delay_s)
            body = self.path.encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: Any) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Slow) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def serve(
    command: Sequence[str],
    paths: Sequence[str],
    folder: Path,
    observed_s: float | None = None,
    environment: dict[str, str] | None = None,
    clients: int = 6,
) -> Served:
    """Starts the server, asks for every path (`clients` at a time), and ends it as Ctrl-C would."""
    report = folder / "report.json"
    words = list(command)
    if observed_s is not None:
        told = [
            "--for",
            str(observed_s),
            "--format",
            "json",
            "--report",
            str(report),
            "-o",
            str(folder / "run.asyncwhy"),
        ]
        words = [sys.executable, "-m", "asyncwhy", "run", *told, "--", *words]
    process = subprocess.Popen(
        words,
        cwd=APPS,
        env=os.environ | {"PYTHONUNBUFFERED": "1"} | (environment or {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    heard: list[str] = []
    found = threading.Event()
    listening = threading.Thread(target=_listen, args=(process, heard, found))
    listening.start()
    try:
        assert found.wait(START_S), f"the server did not say where it listens: {heard}"
        base = next(match[1] for line in heard if (match := LISTENS.search(line)))
        _until_it_answers(base + paths[0])
        with ThreadPoolExecutor(clients) as pool:
            answers = dict(zip(paths, pool.map(lambda path: _get(base + path), paths), strict=True))
        if observed_s is None:
            process.send_signal(signal.SIGINT)
        assert process.stdout is not None
        output = process.stdout.read()
        process.wait(END_S)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        listening.join()
    found_report = json.loads(report.read_text(encoding="utf-8")) if report.exists() else {}
    if process.stdout is not None:
        process.stdout.close()
    return Served(answers, process.returncode, output, "".join(heard), found_report)


def _listen(process: subprocess.Popen[str], heard: list[str], found: threading.Event) -> None:
    assert process.stderr is not None
    with process.stderr as stream:
        for line in stream:
            heard.append(line)
            if LISTENS.search(line):
                found.set()


def _until_it_answers(url: str) -> None:
    """A server with several workers listens before they are up."""
    for _ in range(100):
        try:
            _get(url)
        except OSError:
            time.sleep(0.1)
        else:
            return


def _get(url: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(url, timeout=20) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()
