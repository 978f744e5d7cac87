"""What serialises whoever uses it, and which calls are effects: told by type, else by the usual names.

The names are those of the 2,676 groups of consecutive awaits that `facts/static.md` speaks of: of the
groups that would have been unsafe to overlap, nearly all shared a thing that is called one of these.
"""

from __future__ import annotations

import ast
import re

from asyncwhy.source.python_module import Module, dotted
from asyncwhy.source.python_names import Names
from asyncwhy.source.python_paths import callee_nodes, prefixes, reads_of

_TOKEN = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")

CONNECTIONS = frozenset("conn connection cursor cur session sess tx txn trans transaction".split())
SERIAL = CONNECTIONS | frozenset("lock mutex rlock websocket ws reader writer sock socket".split())
SERIAL_RECEIVERS = frozenset(
    "f fp fh file queue q inbox outbox mailbox channel chan pipe stream stdin stdout stderr proc "
    "process page browser db database bus serial device driver resp response request condition event".split()
)
_LOCKS = frozenset("lock mutex rlock condition".split())
_LIMITS = frozenset("sem semaphore limiter limit throttle ratelimit ratelimiter throttler bucket".split())
_TRANSACTIONS = frozenset("transaction tx txn begin atomic savepoint pipeline".split())
_CONNECTIONS = frozenset("acquire connect connection conn cursor session db".split())
_SHARABLE_TYPES = frozenset(
    "aiohttp.ClientSession httpx.AsyncClient asyncpg.Pool asyncpg.pool.Pool redis.asyncio.Redis "
    "asyncio.AbstractEventLoop asyncio.TaskGroup asyncio.Semaphore asyncio.BoundedSemaphore".split()
)
_FIRST = frozenset(
    "acquire add atomic auth authenticate begin bind build checkpoint clear commit configure connect "
    "create delete drain drop emit ensure enter execute executemany flush handshake init initialise "
    "initialize insert install join load lock login make migrate mkdir notify open post prepare publish "
    "push put register remove reset save seed send set setup start store subscribe sync truncate update "
    "upsert wait warm warmup write unlink rename move copy check validate verify require seek sendto "
    "sendall chmod symlink".split()
)
_LAST = frozenset(
    "aclose cancel cleanup close commit destroy disconnect exit finish logout quit release rollback "
    "shutdown stop teardown terminate unlock unsubscribe".split()
)
_SENDS = frozenset("emit notify post publish push put send sendall sendto write".split())
_FETCHES = frozenset("load open build make prepare wait join copy check validate verify".split())
_CHANNEL = frozenset(
    "send send_all send_bytes send_json send_str send_text sendall sendto write writelines drain recv "
    "recvfrom receive receive_some readline readexactly readuntil read_until seek".split()
)
#: What is done to a connection in answer to what it brought, or to settle that.
_ANSWERS = frozenset(
    "send sendall sendto write writelines drain flush reply respond answer ack nack reject commit notify emit "
    "ping pong done close aclose".split()
)
_GROUPS = frozenset({"gather", "wait", "as_completed"})
_WRAPPERS = frozenset({"wait_for", "shield", "ensure_future", "create_task"})
_OFFLOADS = {"to_thread": 0, "run_sync": 0, "run_in_executor": 1, "run_in_threadpool": 0}


def tokens(name: str) -> list[str]:
    """The words of an identifier: `loadUser_v2` is load, user, v, 2."""
    return [token.lower() for token in _TOKEN.findall(name.rpartition(".")[2])]


class Resources:
    """What the awaits of one module use."""

    def __init__(self, module: Module, names: Names) -> None:
        """Nothing is worked out before it is asked for."""
        self.module = module
        self.names = names

    def serial(self, waited: ast.expr) -> dict[str, ast.expr]:
        """The paths in the awaited expression whose users must take turns."""
        called = callee_nodes(waited)
        found: dict[str, ast.expr] = {}
        for path, node in reads_of(waited):
            parts = prefixes(path)
            whole = node not in called
            if not whole and self._is_channel(parts, node):
                owner = node.value if isinstance(node, ast.Attribute) else node
                found[parts[-2] if len(parts) > 1 else path] = owner
            current: ast.expr | None = node
            for index in range(len(parts) - 1, -1, -1):
                if current is not None and (whole or index < len(parts) - 1):
                    if self._is_serial(parts[index], current, receiver=index < len(parts) - 1):
                        found[parts[index]] = current
                current = current.value if isinstance(current, ast.Attribute) else None
        return found

    def _is_channel(self, parts: list[str], node: ast.expr) -> bool:
        """Whether the call's name alone says that what it is called on carries one message after another."""
        if (
            parts[-1].rpartition(".")[2] not in _CHANNEL
            or self.names.qualified(node) in self.module.functions
        ):
            return False
        owner = node.value if isinstance(node, ast.Attribute) else node
        return self.names.type_of(owner) not in _SHARABLE_TYPES

    def _is_serial(self, path: str, node: ast.expr, *, receiver: bool) -> bool:
        if isinstance(node, ast.Name) and any(
            b.how in ("import", "local") for b in self.names.lookup(path, node)
        ):
            return False
        kind = self.names.type_of(node)
        if kind in _SHARABLE_TYPES:
            return False
        words = tokens(kind if kind is not None and "." in kind else path)
        last = words[-1] if words else ""
        if last == "session" and kind is None and self._speaks_http():
            return False
        if not receiver and last in ("send", "receive"):
            return True  # ASGI's two callables, handed on
        return last in SERIAL or (receiver and last in SERIAL_RECEIVERS)

    def _speaks_http(self) -> bool:
        """Whether a `session` in this module is one of HTTP (safe to share) rather than a database's."""
        bound = self.names.scope_bindings(self.module.tree).values()
        roots = {b.name.partition(".")[0] for each in bound for b in each if b.how == "import"}
        return bool(roots & {"aiohttp", "httpx", "curl_cffi"}) and not roots & {"sqlalchemy", "sqlmodel"}

    def context(self, item: ast.withitem) -> str | None:
        """What entering the context claims: lock, limit, transaction, connection, or None."""
        node = item.context_expr
        target = node.func if isinstance(node, ast.Call) else node
        kind = self.names.type_of(node)
        if kind in ("asyncio.Semaphore", "asyncio.BoundedSemaphore"):
            return "limit"
        if kind in _SHARABLE_TYPES:
            return None
        words = set(tokens(dotted(target) or (target.attr if isinstance(target, ast.Attribute) else "")))
        words |= set(tokens(kind)[-1:]) if kind else set()
        if "session" in words and kind is None and self._speaks_http():
            words.discard("session")
        claims = {"lock": _LOCKS, "limit": _LIMITS, "transaction": _TRANSACTIONS, "connection": _CONNECTIONS}
        return next((claim for claim, names in claims.items() if words & names), None)

    def callee(self, waited: ast.expr) -> str:
        """The name of what really runs, timeouts and thread hops looked through; "" where it is no call."""
        for _ in range(4):
            if not isinstance(waited, ast.Call):
                return self.names.qualified(waited) or dotted(waited) or ""
            name = self._called(waited)
            last = name.rpartition(".")[2]
            position = 0 if last in _WRAPPERS else _OFFLOADS.get(last)
            if position is None or len(waited.args) <= position:
                return name
            waited = waited.args[position]
            if last in _WRAPPERS and not isinstance(waited, ast.Call):
                return name
        return ""

    def _called(self, call: ast.Call) -> str:
        attribute = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        return self.names.qualified(call.func) or dotted(call.func) or attribute


def is_sleep(callee: str) -> bool:
    """Whether the call does nothing but pass time; a function of the file's own is not meant."""
    owner, _, last = callee.rpartition(".")
    return last in ("sleep", "sleep_until", "sleep_forever") and bool(owner)


def is_group(callee: str) -> bool:
    """Whether the call itself waits for several things at once."""
    return callee.partition(".")[0] in ("asyncio", "anyio", "trio") and callee.rpartition(".")[2] in _GROUPS


def is_of_one(call: ast.expr) -> bool:
    """Whether a call that waits for several things is given but one, written out."""
    return (
        isinstance(call, ast.Call)
        and len(call.args) == 1
        and isinstance(call.args[0], ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr == "gather"
    )


def answers(callee: str) -> bool:
    """Whether the name says that something is sent, or that what was brought is settled."""
    return bool(_ANSWERS.intersection(tokens(callee)))


def comes_first(callee: str) -> bool:
    """Whether the name says that something is brought about which later lines may need."""
    return bool(_FIRST.intersection(tokens(callee)))


def only_fetches(callee: str) -> bool:
    """Whether a name that may mean an effect means a result, now that the result is used."""
    effects = (_FIRST | _LAST).intersection(tokens(callee))
    return effects <= _FETCHES


def only_sends(callee: str) -> bool:
    """Whether a name that may mean an effect means that something is sent."""
    effects = (_FIRST | _LAST).intersection(tokens(callee))
    return bool(effects) and effects <= _SENDS


def comes_last(callee: str) -> bool:
    """Whether the name says that something is brought to its end."""
    return bool(_LAST.intersection(tokens(callee)))


def carries_messages(method: str) -> bool:
    """Whether a method of that name takes part in a conversation, which bears one speaker at a time."""
    return method in _CHANNEL
