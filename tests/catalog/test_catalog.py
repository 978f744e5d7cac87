"""The catalogue's data are sound, and its lookups find them under every spelling."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from asyncwhy.catalog import GIL, KINDS, OTHER, TARGETS, TIERS, Entry, load, reader

CATALOG = load("python")
ENTRIES = list(CATALOG.entries.values())
STANDARD = "/usr/lib/python3.13/"
INSTALLED = "/app/.venv/lib/python3.12/site-packages/"
DOTTED = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+(\.\*)?$")


def is_valid(entry: Entry) -> bool:
    words_are_known = entry.kind in KINDS and entry.tier in TIERS and entry.gil in GIL
    names_are_dotted = DOTTED.match(entry.name) and DOTTED.match(entry.replacement)
    return bool(words_are_known and names_are_dotted and entry.source and "{" not in entry.note)


class TestEntries:
    def test_there_are_hundreds(self) -> None:
        assert len(ENTRIES) > 700
        assert sum(entry.verified for entry in ENTRIES) > 700

    def test_every_row_is_valid(self) -> None:
        assert [entry.name for entry in ENTRIES if not is_valid(entry)] == []

    def test_names_are_unique_over_all_files(self) -> None:
        files = (Path(reader.__file__).parent / "python" / "blocking").glob("*.toml")
        names = [entry.name for file in files for entry in reader.entries(reader.table(file))]
        assert len(names) == len(set(names))

    def test_what_is_always_slow_has_a_replacement(self) -> None:
        assert all(entry.replacement for entry in ENTRIES if entry.tier == "A")

    def test_no_replacement_blocks_itself(self) -> None:
        blocking = [
            e.name
            for e in ENTRIES
            if e.replacement in CATALOG.entries and not e.replacement.endswith("Client")
        ]
        assert blocking == []

    def test_what_is_not_of_the_standard_library_names_its_package(self) -> None:
        standard = {entry.name.partition(".")[0] for entry in ENTRIES if not entry.package}
        assert not standard & {entry.name.partition(".")[0] for entry in ENTRIES if entry.package}

    def test_weights_follow_the_tiers(self) -> None:
        assert [
            found.weight for found in map(CATALOG.lookup, ("time.sleep", "open", "os.stat")) if found
        ] == [3, 2, 1]


class TestLookup:
    @pytest.mark.parametrize(
        ("asked", "found"),
        [
            ("time.sleep", "time.sleep"),
            ("open", "builtins.open"),
            ("posix.stat", "os.stat"),
            ("requests.sessions.Session.request", "requests.Session.request"),
            ("requests.api.get", "requests.get"),
            ("redis.client.Redis.zunionstore", "redis.Redis.*"),
            ("redis.Redis.get", "redis.Redis.get"),
            ("pathlib.PosixPath.read_text", "pathlib.Path.read_text"),
            ("_thread.RLock.acquire", "threading.RLock.acquire"),
            ("multiprocessing.queues.Queue.get", "multiprocessing.Queue.get"),
            ("pymongo.synchronous.collection.Collection.find_one", "pymongo.collection.Collection.find_one"),
            ("sqlmodel.Session.commit", "sqlalchemy.orm.Session.commit"),
        ],
    )
    def test_finds_a_callable_under_its_spellings(self, asked: str, found: str) -> None:
        entry = CATALOG.lookup(asked)
        assert entry is not None
        assert entry.name == found

    @pytest.mark.parametrize(
        "asked",
        [
            "", "sleep", "asyncio.sleep", "httpx.AsyncClient.get", "redis.asyncio.Redis.get",
            "redis.Redis._private", "requests", "timeit.sleep",
        ],
    )  # fmt: skip
    def test_says_nothing_of_what_it_does_not_know(self, asked: str) -> None:
        assert CATALOG.lookup(asked) is None

    def test_knows_what_a_call_returns(self) -> None:
        assert CATALOG.returned_by("sqlite3.connect") == "sqlite3.Connection"
        assert CATALOG.returned_by("psycopg2.connect") == "psycopg2.extensions.connection"
        assert CATALOG.returned_by("time.sleep") is None

    def test_says_whether_a_thread_would_help(self) -> None:
        loads, scrypt = CATALOG.lookup("json.loads"), CATALOG.lookup("hashlib.scrypt")
        assert loads is not None
        assert scrypt is not None
        assert loads.keeps_gil > scrypt.keeps_gil

    def test_a_runtime_without_a_catalogue_is_an_error(self) -> None:
        with pytest.raises(FileNotFoundError):
            load("cobol")

    def test_is_read_once(self) -> None:
        assert load("python") is load("python")


class TestOperations:
    def test_rows_are_valid(self) -> None:
        assert {*CATALOG.verbs} == {*KINDS, OTHER}
        assert {operation.kind for operation in (*CATALOG.frames.values(), *CATALOG.calls.values())} <= KINDS

    @pytest.mark.parametrize(
        ("file", "function", "kind"),
        [
            (STANDARD + "socket.py", "readinto", "net"),
            (STANDARD + "socket.py", "getaddrinfo", "dns"),
            (STANDARD + "ssl.py", "SSLSocket.read", "net"),
            (STANDARD + "subprocess.py", "_wait", "subprocess"),
            (STANDARD + "threading.py", "wait", "lock"),
            (STANDARD + "threading.py", "Thread.join", "lock"),
            (STANDARD + "queue.py", "get", "lock"),
            (STANDARD + "concurrent/futures/_base.py", "result", "lock"),
            (STANDARD + "multiprocessing/connection.py", "_recv", "lock"),
            ("C:\\Python312\\Lib\\http\\client.py", "getresponse", "net"),
            ("/usr/lib/python313.zip/queue.py", "get", "lock"),
            ("<frozen importlib._bootstrap_external>", "get_data", "import"),
            ("concurrent.futures._base", "result", "lock"),
            ("zipfile", "extractall", "disk"),
            (INSTALLED + "pymysql/connections.py", "_read_bytes", "db"),
            (INSTALLED + "redis/connection.py", "read_response", "db"),
            (INSTALLED + "botocore/httpsession.py", "send", "net"),
            (INSTALLED + "urllib3/connection.py", "_new_conn", "net"),
            ("/home/me/queue.py", "get", OTHER),
            ("/home/me/socket.py", "readinto", OTHER),
            (INSTALLED + "zmq/sugar/socket.py", "readinto", OTHER),
            (STANDARD + "socket.py", "close", OTHER),
        ],
    )
    def test_a_frame_has_a_kind(self, file: str, function: str, kind: str) -> None:
        assert CATALOG.operation_of(file, function) == kind

    @pytest.mark.parametrize(
        ("call", "kind"),
        [
            ("time.sleep", "sleep"),
            ("sleep(2)", "sleep"),
            ("self._sock.recv_into", "net"),
            ("self._read_lock.acquire", "lock"),
            ("os.waitpid(pid, 0)", "subprocess"),
            ("cursor.execute", "db"),
            ("open", "disk"),
            ("requests.get", "net"),
            ("frobnicate", OTHER),
        ],
    )
    def test_a_native_call_has_a_kind(self, call: str, kind: str) -> None:
        assert CATALOG.operation_of("app.py", "main", call) == kind

    def test_the_innermost_known_frame_decides(self) -> None:
        stack = [
            (STANDARD + "encodings/utf_8.py", "decode"),
            (STANDARD + "pathlib.py", "read_text"),
            ("app.py", "f"),
        ]
        assert CATALOG.operation_of_stack(stack).kind == "disk"
        assert CATALOG.operation_of_stack([("app.py", "f")]).verb == "waits"


def stack(text: str) -> list[tuple[str, str]]:
    """Frames, innermost first: `std:` and `lib:` are files of the standard library and of installed ones."""
    frames = []
    for frame in text.split():
        file, _, function = frame.rpartition("@")
        file = file.replace("std:", STANDARD).replace("lib:", INSTALLED)
        frames.append((file + ".py", function))
    return frames


SUBMIT = "std:concurrent/futures/thread@_adjust_thread_count std:concurrent/futures/thread@submit "
POOL = "std:threading@start " + SUBMIT + "std:asyncio/base_events@run_in_executor "
TO_THREAD = POOL + "std:asyncio/threads@to_thread "
WORKER = (
    "std:threading@start lib:anyio/_backends/_asyncio@run_sync_in_worker_thread lib:anyio/to_thread@run_sync "
)
STARLETTE = WORKER + "lib:starlette/concurrency@run_in_threadpool "
ENDPOINT = "lib:fastapi/routing@run_endpoint_function "
FASTAPI = "lib:fastapi/routing@app lib:starlette/_exception_handler@wrapped_app "
AIOFILES = "lib:aiofiles/threadpool/__init__@_open lib:aiofiles/base@__aenter__ "
DATASETTE = "lib:datasette/database@execute_fn lib:datasette/database@execute "


class TestOffloads:
    def test_rows_are_valid(self) -> None:
        for offload in CATALOG.offloads.values():
            assert offload.to in TARGETS
            assert all((offload.call, offload.by, offload.reason, offload.source))
            assert "{" not in offload.call

    @pytest.mark.parametrize(
        ("frames", "call"),
        [
            (POOL, "loop.run_in_executor"),
            (TO_THREAD + "app@main", "asyncio.to_thread"),
            (POOL + "std:asyncio/base_events@getaddrinfo app@main", "loop.getaddrinfo"),
            (WORKER + "app@main", "anyio.to_thread.run_sync"),
            (STARLETTE + ENDPOINT + FASTAPI, "FastAPI `def` endpoint"),
            (
                STARLETTE + "lib:fastapi/dependencies/utils@solve_dependencies " + FASTAPI,
                "FastAPI `def` dependency",
            ),
            (TO_THREAD + "app@endpoint " + ENDPOINT + FASTAPI, "asyncio.to_thread"),
            (POOL + AIOFILES + "app@main", "aiofiles.open"),
            (POOL + "lib:asgiref/sync@__call__ views@view", "asgiref.sync.sync_to_async"),
            (POOL + DATASETTE, "datasette Database.execute_fn"),
            ("std:threading@start lib:aiosqlite/core@__await__ app@main", "aiosqlite"),
            ("observer@submit std:asyncio/base_events@run_in_executor app@main", "loop.run_in_executor"),
            ("std:threading@start app@main " + POOL, "threading.Thread.start"),
        ],
    )
    def test_a_stack_says_who_sent_the_work(self, frames: str, call: str) -> None:
        found = CATALOG.offload_of_stack(stack(frames))
        assert found is not None
        assert found.call == call

    def test_a_qualified_name_tells_two_functions_apart(self) -> None:
        found = CATALOG.offload_of(INSTALLED + "asgiref/sync.py", "AsyncToSync.__call__")
        assert found is not None
        assert found.to == "loop"

    def test_a_stack_of_the_users_own_code_sends_nothing(self) -> None:
        assert CATALOG.offload_of_stack(stack("app@main /home/me/threading@start")) is None
