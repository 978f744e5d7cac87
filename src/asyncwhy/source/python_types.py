"""What well-known callables return: data for telling `conn.execute` from `execute` of something else.

From the libraries' documentation; only what decides whether a call blocks, or whether two awaits share
one connection.  A constructor (a name with a capital) needs no entry: it returns itself.
"""

from __future__ import annotations

_LOOP = "asyncio.AbstractEventLoop"

RETURNS: dict[str, str] = {
    "aiosqlite.connect": "aiosqlite.Connection",
    "aiosqlite.Connection.execute": "aiosqlite.Cursor",
    "aiosqlite.Connection.cursor": "aiosqlite.Cursor",
    "asyncio.create_subprocess_exec": "asyncio.subprocess.Process",
    "asyncio.create_subprocess_shell": "asyncio.subprocess.Process",
    "asyncio.create_task": "asyncio.Task",
    "asyncio.ensure_future": "asyncio.Future",
    "asyncio.gather": "asyncio.Future",
    "asyncio.get_event_loop": _LOOP,
    "asyncio.get_running_loop": _LOOP,
    "asyncio.new_event_loop": _LOOP,
    "asyncio.run_coroutine_threadsafe": "concurrent.futures.Future",
    f"{_LOOP}.create_future": "asyncio.Future",
    f"{_LOOP}.create_task": "asyncio.Task",
    f"{_LOOP}.run_in_executor": "asyncio.Future",
    "asyncio.TaskGroup.create_task": "asyncio.Task",
    "asyncpg.connect": "asyncpg.Connection",
    "asyncpg.create_pool": "asyncpg.Pool",
    "asyncpg.Pool.acquire": "asyncpg.Connection",
    "builtins.open": "io.TextIOWrapper",
    "io.open": "io.TextIOWrapper",
    "concurrent.futures.Executor.submit": "concurrent.futures.Future",
    "concurrent.futures.ProcessPoolExecutor.submit": "concurrent.futures.Future",
    "concurrent.futures.ThreadPoolExecutor.submit": "concurrent.futures.Future",
    "MySQLdb.connect": "MySQLdb.Connection",
    "MySQLdb.Connection.cursor": "MySQLdb.Cursor",
    "multiprocessing.Pool": "multiprocessing.pool.Pool",
    "pathlib.Path.cwd": "pathlib.Path",
    "pathlib.Path.home": "pathlib.Path",
    "pathlib.Path.joinpath": "pathlib.Path",
    "pathlib.Path.open": "io.TextIOWrapper",
    "pathlib.Path.resolve": "pathlib.Path",
    "psycopg.connect": "psycopg.Connection",
    "psycopg.AsyncConnection.connect": "psycopg.AsyncConnection",
    "psycopg.Connection.cursor": "psycopg.Cursor",
    "psycopg2.connect": "psycopg2.extensions.connection",
    "psycopg2.extensions.connection.cursor": "psycopg2.extensions.cursor",
    "pymysql.connect": "pymysql.connections.Connection",
    "pymysql.connections.Connection.cursor": "pymysql.cursors.Cursor",
    "redis.from_url": "redis.Redis",
    "redis.asyncio.from_url": "redis.asyncio.Redis",
    "requests.session": "requests.Session",
    "socket.create_connection": "socket.socket",
    "socket.create_server": "socket.socket",
    "socket.socket": "socket.socket",
    "sqlite3.connect": "sqlite3.Connection",
    "sqlite3.Connection.cursor": "sqlite3.Cursor",
    "sqlite3.Connection.execute": "sqlite3.Cursor",
    "sqlite3.Cursor.execute": "sqlite3.Cursor",
    "sqlalchemy.create_engine": "sqlalchemy.engine.Engine",
    "sqlalchemy.engine.Engine.connect": "sqlalchemy.engine.Connection",
    "sqlalchemy.ext.asyncio.create_async_engine": "sqlalchemy.ext.asyncio.AsyncEngine",
    "sqlalchemy.ext.asyncio.AsyncEngine.begin": "sqlalchemy.ext.asyncio.AsyncConnection",
    "sqlalchemy.ext.asyncio.AsyncEngine.connect": "sqlalchemy.ext.asyncio.AsyncConnection",
    "subprocess.Popen": "subprocess.Popen",
    "urllib.request.urlopen": "http.client.HTTPResponse",
    "websockets.connect": "websockets.ClientConnection",
}

RETURNS_TUPLE: dict[str, tuple[str, ...]] = {
    "asyncio.open_connection": ("asyncio.StreamReader", "asyncio.StreamWriter"),
    "asyncio.open_unix_connection": ("asyncio.StreamReader", "asyncio.StreamWriter"),
    "socket.socket.accept": ("socket.socket", "builtins.tuple"),
}

STARTED = frozenset({"asyncio.Task", "asyncio.Future", "concurrent.futures.Future"})
"""Types of what is already under way when it is awaited."""
