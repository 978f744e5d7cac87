"""CPU per request of Node.js servers, observed beside unobserved, in pairs; asyncwhy and its peers.

python -m benchmarks.node                      asyncwhy alone
python -m benchmarks.node --peers FOLDER       and clinic doctor, 0x, blocked-at of FOLDER/node_modules
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import urllib.request
from contextlib import suppress
from pathlib import Path

from benchmarks.observers import UNOBSERVED, Observer
from benchmarks.pairs import compare

PROGRAMS = Path(__file__).parent / "programs"
KINDS = ("plain", "promises", "files")
#: Requests until V8 has compiled what serves them, and the profiler has ended.
WARM_UP, CONNECTIONS = 20_000, 8
PEERS = {
    "clinic doctor": "clinic/bin.js",
    "0x": "0x/cmd.js",
    "blocked-at": "blocked-at/index.js",
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.node", description=__doc__.split("\n", 1)[0])
    parser.add_argument("--peers", type=Path, metavar="FOLDER", help="where npm has installed the peers")
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--requests", type=int, default=6000)
    parser.add_argument("--kinds", nargs="*", default=list(KINDS))
    options = parser.parse_args()
    names = ["asyncwhy"]
    if options.peers:
        names += [name for name, path in PEERS.items() if (options.peers / "node_modules" / path).exists()]
    print("| observer | server | bare µs | observed µs | ratio (lowest to highest) |\n|---|---|---|---|---|")
    for kind in options.kinds:
        for name in names:
            try:
                made = compare(
                    Observer(name, lambda _: []),
                    lambda observer, folder, kind=kind: request_us(observer.name, kind, folder, options),
                    options.pairs,
                )
            except StopIteration:
                print(f"| {name} | {kind} | | it started no server | |", flush=True)
                continue
            print(
                f"| {name} | {kind} | {made.unobserved:.0f} | {made.observed:.0f} "
                f"| {made.ratio:.2f} ({made.lowest:.2f} to {made.highest:.2f}) |",
                flush=True,
            )
    return 0


def request_us(name: str, kind: str, folder: Path, options: argparse.Namespace) -> float:
    """CPU microseconds per request after the warm-up, as the server itself counts them."""
    command, variables = _command(name, kind, folder, options.peers)
    server = subprocess.Popen(
        command, cwd=folder, env=variables, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        assert server.stdout is not None
        port = next(int(found[1]) for line in server.stdout if (found := re.search(r"port (\d+)", line)))
        _load(port, WARM_UP)
        before = float(_ask(port, "/cpu"))
        _load(port, options.requests)
        used = float(_ask(port, "/cpu")) - before
        _ask(port, "/exit")
        with suppress(subprocess.TimeoutExpired):
            server.wait(30)
        return used / options.requests
    finally:
        server.kill()
        server.communicate()


def _command(name: str, kind: str, folder: Path, peers: Path | None) -> tuple[list[str], dict[str, str]]:
    program = ["node", str(PROGRAMS / "server.js"), kind]
    variables = dict(os.environ)
    if name == UNOBSERVED.name:
        return program, variables
    if name == "asyncwhy":
        told = ["--report", str(folder / "report"), "-o", str(folder / "trace")]
        return [sys.executable, "-m", "asyncwhy", "run", *told, "--", *program], variables
    assert peers is not None
    tool = str(peers.absolute() / "node_modules" / PEERS[name])
    if name == "blocked-at":
        hook = folder / "hook.js"
        hook.write_text(f"require({tool!r})(() => {{}});")
        return ["node", "--require", str(hook), *program[1:]], variables
    words = ["doctor", "--open=false", "--"] if name == "clinic doctor" else ["--"]
    return ["node", tool, *words, *program], variables


def _load(port: int, requests: int) -> None:
    words = ["node", str(PROGRAMS / "node_load.js"), str(port), str(requests), str(CONNECTIONS)]
    subprocess.run(words, check=True)


def _ask(port: int, path: str) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
        return str(answer.read().decode())


if __name__ == "__main__":
    sys.exit(main())
