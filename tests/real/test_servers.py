"""Servers that nobody here wrote, under load, answered for: right line, right threads, same answers."""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.observing import has_module
from tests.real.serving import APPS, Served, serve, slow_upstream

pytestmark = pytest.mark.slow

SERVICE = APPS / "service.py"
SHOP = APPS / "shop.py"
#: Bounded: 18 requests, at most six at a time.
LOAD = [f"/{kind}/{number}" for number in range(6) for kind in ("price", "report", "healthy")]


@pytest.fixture(scope="module")
def upstream() -> Iterator[str]:
    with slow_upstream() as address:
        yield address


def require(*modules: str) -> None:
    for module in modules:
        if not has_module(Path(sys.executable), module):
            pytest.skip(f"{module} is not installed")


def line_of(program: Path, text: str) -> int:
    lines = program.read_text(encoding="utf-8").split("\n")
    (number,) = [number for number, line in enumerate(lines, 1) if text in line]
    return number


def findings(served: Served) -> list[tuple[str, str, int]]:
    return [
        (one["cause"], Path(one["site"]["file"]).name, one["site"]["line"])
        for one in served.report["findings"]
    ]


def placement(served: Served, function: str) -> dict[str, Any]:
    """The row with the most time of a function that ran away from the loop's thread."""
    rows = [one for one in served.report["placements"] if one["function"].rpartition(".")[2] == function]
    assert rows, [one["function"] for one in served.report["placements"]]
    return rows[0]


def uvicorn(loop: str, workers: int) -> list[str]:
    options = ["--port", "0", "--loop", loop, "--workers", str(workers), "--no-access-log"]
    return [sys.executable, "-m", "uvicorn", "service:app", *options]


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
@pytest.mark.parametrize("workers", [1, 2])
def test_uvicorn_with_fastapi(workers: int, loop: str, upstream: str, tmp_path: Path) -> None:
    require("fastapi", "uvicorn", "requests", *(["uvloop"] if loop == "uvloop" else []))
    command, environment = uvicorn(loop, workers), {"UPSTREAM": upstream}
    alone = serve(command, LOAD, tmp_path, environment=environment)
    served = serve(command, LOAD, tmp_path, observed_s=8, environment=environment)
    assert served.answers == alone.answers
    assert served.output == alone.output
    assert told(served) == told(alone)
    assert served.exit_code == alone.exit_code, served.errors
    assert findings(served) == [("blocking-call", "service.py", line_of(SERVICE, "requests.get("))]
    (finding,) = served.report["findings"]
    assert finding["call"] == "requests.get"
    assert finding["count"] >= 3  # a step in which two requests follow each other is one hold
    assert finding["victims"]
    assert all(name.startswith("AnyIO worker thread") for name in placement(served, "report")["threads"])
    assert re.search("FastAPI|Starlette", placement(served, "report")["why"])
    assert placement(served, "report")["line"] in (
        line_of(SERVICE, "def report"),
        line_of(SERVICE, "/report/"),
    )
    processes = {one["process"] for one in served.report["loops"]}
    assert len(processes) == workers
    assert served.report["program"]["processes"] >= workers
    implementation = "uvloop" if loop == "uvloop" else "asyncio"
    assert all(one["implementation"].startswith(implementation) for one in served.report["loops"])


def told(served: Served) -> list[str]:
    """What the server itself said on stderr, without process ids and ports, in any order."""
    lines = (re.sub(r"\[\d+\]|:\d+", "", line) for line in served.errors.splitlines())
    return sorted(lines)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_healthy_service_gets_no_finding(workers: int, upstream: str, tmp_path: Path) -> None:
    require("fastapi", "uvicorn")
    load = [f"/{kind}/{number}" for number in range(12) for kind in ("report", "healthy")]
    served = serve(
        uvicorn("asyncio", workers), load, tmp_path, observed_s=7, environment={"UPSTREAM": upstream}
    )
    assert findings(served) == []
    assert served.report["verdict"] == "asynchronous"


def test_aiohttp_server(tmp_path: Path) -> None:
    require("aiohttp")
    alone = serve([sys.executable, "shop.py"], LOAD, tmp_path)
    served = serve([sys.executable, "shop.py"], LOAD, tmp_path, observed_s=5)
    assert served.answers == alone.answers
    assert (served.output, told(served), served.exit_code) == (alone.output, told(alone), alone.exit_code)
    found = max(findings(served), key=lambda one: one[:2] == ("cpu-on-loop", "shop.py"))
    assert found[:2] == ("cpu-on-loop", "shop.py")
    assert found[2] in range(line_of(SHOP, "def layout"), line_of(SHOP, 'return f"page'))
    finding = next(one for one in served.report["findings"] if one["site"]["line"] == found[2])
    assert line_of(SHOP, "text=layout(") in [one["site"]["line"] for one in finding["related"]]
    archive = placement(served, "read_archive")
    assert all(name.startswith("asyncio_") for name in archive["threads"])
    assert archive["sent_by"]["site"]["line"] == line_of(SHOP, "asyncio.to_thread(")
    assert "to_thread" in archive["why"]


def test_datasette(tmp_path: Path) -> None:
    require("datasette")
    database = tmp_path / "shop.db"
    connection = sqlite3.connect(database)
    connection.execute("create table items (name text, price integer)")
    connection.executemany("insert into items values (?, ?)", [(f"item {n}", n) for n in range(500)])
    connection.commit()
    connection.close()
    command = [sys.executable, "-m", "datasette", "serve", str(database), "--port", "0"]
    load = [
        "/shop.json",
        "/shop/items.json?_size=50",
        "/shop.json?sql=select+count(*)+from+items",
        "/-/versions.json",
    ]
    load += [f"/shop/items.json?_size=20&price={number}&_shape=array" for number in range(12)]
    alone = serve(command, load, tmp_path)
    served = serve(command, load, tmp_path, observed_s=6)
    assert steady(served) == steady(alone)
    assert served.exit_code == alone.exit_code
    assert findings(served) == []
    assert served.report["verdict"] == "asynchronous"
    sent = [one for one in served.report["placements"] if one["sent_by"] and "Thread" in one["threads"][0]]
    sent = [one for one in sent if one["sent_by"]["site"]["file"].endswith("datasette/database.py")]
    assert sent, served.report["placements"]
    assert {"execute_fn"} <= {one["sent_by"]["site"]["function"].rpartition(".")[2] for one in sent}
    assert all(one["why"] for one in sent)


def test_a_connection_pool_of_two(tmp_path: Path) -> None:
    require("fastapi", "uvicorn", "sqlalchemy", "aiosqlite")
    database = tmp_path / "shop.db"
    connection = sqlite3.connect(database)
    connection.execute("create table items (shelf integer, name text)")
    connection.commit()
    connection.close()
    command = [sys.executable, "-m", "uvicorn", "stock:app", "--port", "0", "--no-access-log"]
    load = [f"/stock/{number}" for number in range(50)]
    environment = {"DATABASE": str(database)}
    served = serve(command, load, tmp_path, observed_s=8, environment=environment, clients=50)
    assert {status for status, _ in served.answers.values()} == {200}
    program = APPS / "stock.py"
    made, used = line_of(program, "create_async_engine("), line_of(program, "async with engine.connect()")
    found = [one for one in served.report["findings"] if one["cause"] == "concurrency-limit"]
    assert [one["site"]["line"] for one in found] in ([made], [used]), served.report["findings"]
    (finding,) = found
    assert "of 2" in finding["headline"]
    lines = {one["site"]["line"] for one in (*finding["related"], *finding["victims"])} | {
        finding["site"]["line"]
    }
    assert lines >= {used}
    assert lines & {
        line_of(program, text) for text in ("select pause", "count_items(connection, shelf)}")
    }  # holds it
    pace, possible = served.report["pace"], finding["possible_pace"]
    assert possible["waited_s"] < 0.5 * pace["waited_s"]


def test_django_through_sync_to_async(tmp_path: Path) -> None:
    require("django", "uvicorn")
    command = [sys.executable, "-m", "uvicorn", "orders:app", "--port", "0", "--no-access-log"]
    load = [f"/{kind}/{number}" for number in range(8) for kind in ("orders", "healthy")]
    alone = serve(command, load, tmp_path)
    served = serve(command, load, tmp_path, observed_s=6)
    assert served.answers == alone.answers
    row = placement(served, "load_orders")
    program = APPS / "orders.py"
    assert row["sent_by"]["site"]["line"] == line_of(program, "sync_to_async(load_orders)")
    assert re.search("sync_to_async|asgiref", row["why"])
    assert "MainThread" not in row["threads"]
    assert findings(served) == []  # Django gives each request a thread of its own


def test_hypercorn_on_trio(tmp_path: Path) -> None:
    require("hypercorn", "trio")
    command = [
        sys.executable,
        "-m",
        "hypercorn",
        "--worker-class",
        "trio",
        "--bind",
        "127.0.0.1:0",
        "on_trio:app",
    ]
    load = [f"/{kind}/{number}" for number in range(8) for kind in ("price", "healthy")]
    alone = serve(command, load, tmp_path)
    served = serve(command, load, tmp_path, observed_s=6)
    assert served.answers == alone.answers
    assert findings(served) == [("blocking-call", "on_trio.py", line_of(APPS / "on_trio.py", "time.sleep("))]
    (finding,) = served.report["findings"]
    assert finding["victims"]
    assert any(one["implementation"] == "trio" for one in served.report["loops"])


def test_a_crawler_that_awaits_in_a_loop(upstream: str, tmp_path: Path) -> None:
    require("aiohttp")
    report = tmp_path / "report.json"
    words = ["--format", "json", "--report", str(report), "-o", str(tmp_path / "run"), "crawler.py", upstream]
    done = subprocess.run(
        [sys.executable, "-m", "asyncwhy", "run", *words],
        cwd=APPS,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (0, "12 pages\n"), done.stderr
    told = json.loads(report.read_text())
    (finding,) = told["findings"]
    line = line_of(APPS / "crawler.py", "= await self.fetch(session, path)")
    assert (finding["cause"], finding["site"]["line"]) == ("await-in-loop", line)
    assert told["possible_s"] < told["wall_s"] - 0.5 * finding["cost_s"]


def steady(served: Served) -> dict[str, tuple[int, bytes]]:
    """The answers without the milliseconds and the port that datasette tells in them."""
    return {
        path: (status, re.sub(rb'"(query_ms|ms|duration_ms)": ?[0-9.]+|127.0.0.1:[0-9]+', b"", body))
        for path, (status, body) in served.answers.items()
    }
