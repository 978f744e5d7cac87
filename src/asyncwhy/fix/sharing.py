"""What a function touches that others may use meanwhile: whether it may run on another thread, and how safely."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from asyncwhy.fix.chain import LOOPS, Link
from asyncwhy.source.python import Parsed
from asyncwhy.source.python_module import FunctionNode, dotted, own_nodes
from asyncwhy.source.python_resources import carries_messages, tokens

#: Modules whose functions (not the methods of their objects) touch nothing but what they are given.
_PURE = (
    "time.", "requests.", "urllib.", "socket.", "subprocess.", "os.", "shutil.", "hashlib.", "json.", "zlib.", "gzip.",
    "bcrypt.", "re.", "math.", "glob.", "builtins.open", "builtins.sum", "builtins.sorted", "builtins.max", "builtins.min",
)  # fmt: skip
#: Objects that refuse other threads than the one that made them.
_OWNED_BY_THREAD = ("sqlite3.Connection.", "sqlite3.Cursor.", "threading.RLock", "tkinter.")
#: Names by which a loop, a task or one of its primitives is told something: only the loop's own thread may.
_TELLS_A_LOOP = frozenset(
    "call_soon call_later call_at create_task ensure_future set_result set_exception start_soon".split()
)
_FROM_THREADS = ("asyncio.run", "trio.from_thread.", "anyio.from_thread.", "trio.run", "anyio.run")
#: What a name in a path says of an object that all of a server's requests share.
_APPLICATION = frozenset({"app", "application", "state"})
#: Types that are made for several threads.
_FOR_THREADS = (
    "queue.",
    "threading.",
    "multiprocessing.",
    "concurrent.",
    "subprocess.",
    "requests.",
    "asyncio.",
)
#: What carries one conversation at a time, by the last word of its name.
_ONE_AT_A_TIME = frozenset(
    "conn connection cursor cur session sess tx transaction sock socket reader writer file fp fh stream pipe serial "
    "channel chan ws websocket".split()
)
#: Methods that leave the object as it is.
_READS = frozenset(
    "capitalize count decode encode endswith find format get group hex index items join keys lower lstrip "
    "match removeprefix removesuffix replace rpartition rsplit rstrip search split splitlines startswith strip "
    "title upper values".split()
)
_DEEPEST = 20  # calls followed


def tells_a_loop(parsed: Parsed, call: ast.Call) -> bool:
    """Whether the call is one that only the thread of an event loop may make."""
    name = parsed.names.qualified(call.func) or ""
    attribute = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    return attribute in _TELLS_A_LOOP or (name.startswith(LOOPS) and not name.startswith(_FROM_THREADS))


def is_owned_by_its_thread(link: Link, call: str) -> bool:
    """Whether what would run on the thread uses an object that refuses other threads than the one that made it."""
    every = (*link.inner, link)
    if any("check_same_thread=False" in one.parsed.module.text for one in every):
        return False
    for one in every:
        node = one.call.func if isinstance(one.call, ast.Call) else None
        name = (one.parsed.names.qualified(node) if node is not None else None) or ""
        if name.startswith(_OWNED_BY_THREAD) or (one is every[0] and call.startswith(_OWNED_BY_THREAD)):
            if one is link or node is None or not _is_made(one, node):
                return True
    return False


def takes_turns(link: Link) -> str | None:
    """The connection, file or channel, as written, that others use too and that bears one call at a time."""
    fresh = _receiver_is_fresh(link)
    for one in (*link.inner, link):
        node = one.call.func if isinstance(one.call, ast.Call) else None
        if (
            not isinstance(node, ast.Attribute)
            or one.parsed.names.qualified(node) in one.parsed.module.functions
        ):
            continue
        owner, root = dotted(node.value), _root(node.value)
        if owner is None or root is None or not _bears_one(one.parsed, node):
            continue
        parameters = {
            argument.arg for argument in ast.walk(one.function.args) if isinstance(argument, ast.arg)
        }
        if one.parsed.names.type_of(root) in one.parsed.names.classes and root.id in parameters:
            shared = one is link or not fresh  # `self`
        elif root.id in parameters:
            shared = bool(_APPLICATION & set(owner.split(".")))
        else:
            shared = root.id not in one.parsed.names.scope_bindings(one.function)
        if shared:
            return owner
    return None


def _receiver_is_fresh(link: Link) -> bool:
    """Whether the object whose method the link calls was made in its function, for this call."""
    node = link.call.func if isinstance(link.call, ast.Call) else None
    if not isinstance(node, ast.Attribute):
        return False
    return isinstance(node.value, ast.Call) or _is_made(link, node.value)


def _bears_one(parsed: Parsed, node: ast.Attribute) -> bool:
    kind = parsed.names.type_of(node.value)
    if kind is not None and kind.startswith(_FOR_THREADS):
        return False
    words = tokens(kind if kind is not None and "." in kind else dotted(node.value) or "")
    if words[-1:] == ["session"] and kind is None and "requests" in parsed.module.text:
        return False
    return carries_messages(node.attr) or bool(set(words[-1:]) & _ONE_AT_A_TIME)


def _is_made(link: Link, node: ast.expr, depth: int = 0) -> bool:
    """Whether the link's function itself makes what stands at the beginning of the expression."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    if not isinstance(node, ast.Name) or depth > _DEEPEST:
        return False
    bound = link.parsed.names.scope_bindings(link.function).get(node.id)
    if bound is None:
        outer = link.parsed.names.lookup(node.id, node)
        return not outer or all(one.how in ("import", "local") for one in outer)
    return all(
        one.how in ("value", "enter") and one.node is not None and _is_made(link, one.node, depth + 1)
        for one in bound
    )


def uses_the_loop(link: Link) -> int | None:
    """The line in what the link calls, or in what that calls in its file, at which a loop is told something."""
    for function in _reached(link.parsed, _called(link), 0, set()):
        for node in own_nodes(function):
            if isinstance(node, ast.Call) and tells_a_loop(link.parsed, node):
                return node.lineno
    return None


def owned_outside(parsed: Parsed, block: ast.stmt) -> bool:
    """Whether the block uses an object that refuses other threads and was made outside of it."""
    made = {
        node.id for node in ast.walk(block) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    for node in ast.walk(block):
        if isinstance(node, ast.Call) and (parsed.names.qualified(node.func) or "").startswith(
            _OWNED_BY_THREAD
        ):
            root = _root(node.func)
            if root is not None and root.id not in made:
                return True
    return False


def touches_nothing_shared(link: Link, call: str) -> bool:
    """Whether what would run on the thread is known to touch nothing that the loop's tasks share."""
    node = link.call
    if not isinstance(node, ast.Call):
        return False
    functions = _called(link)
    if functions:
        reached = list(_reached(link.parsed, functions, 0, set()))
        return not any(_touches(link.parsed, function) for function in reached)
    if isinstance(node.func, ast.Attribute) and link.parsed.names.type_of(node.func.value) is not None:
        return False  # a method: its object is there for others, too
    return (link.parsed.names.qualified(node.func) or call).startswith(_PURE)


def acts_on_what_it_read(link: Link) -> bool:
    """Whether the link's function both reads and changes a thing that others see: an await in it lets them in between."""
    state = link.parsed.state.of(link.function)
    return bool(state.reads & state.writes)


def _called(link: Link) -> list[FunctionNode]:
    if not isinstance(link.call, ast.Call):
        return []
    return link.parsed.module.functions.get(link.parsed.names.qualified(link.call.func) or "", [])


def _reached(
    parsed: Parsed, functions: list[FunctionNode], depth: int, seen: set[int]
) -> Iterator[FunctionNode]:
    """The functions and what they call in their file."""
    for function in functions:
        if id(function) in seen or depth > _DEEPEST or isinstance(function, ast.AsyncFunctionDef):
            continue  # a coroutine only begins there: it runs on the loop that it is given to
        seen.add(id(function))
        yield function
        for node in own_nodes(function):
            if isinstance(node, ast.Call):
                yield from _reached(parsed, parsed.state.called(node), depth + 1, seen)


def _touches(parsed: Parsed, function: FunctionNode) -> bool:
    if parsed.state.of(function).writes:
        return True
    for node in own_nodes(function):
        if isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load):
            if not _is_its_own(parsed, function, _root(node)):
                return True
        if isinstance(node, ast.Call) and _acts_on_others(parsed, function, node):
            return True
    return False


def _acts_on_others(parsed: Parsed, function: FunctionNode, call: ast.Call) -> bool:
    """Whether it is a method, of which it is not known that it only reads, of an object from outside, or a function
    that was given."""
    name = parsed.names.qualified(call.func)
    if name is not None and (name in parsed.module.functions or name in parsed.names.classes):
        return False  # a function of this file, which is looked into itself
    if isinstance(call.func, ast.Name):
        bound = parsed.names.lookup(call.func.id, call)
        return any(one.how not in ("import", "local") for one in bound)
    if not isinstance(call.func, ast.Attribute) or call.func.attr in _READS:
        return False
    return not _is_its_own(parsed, function, _root(call.func))


def _is_its_own(parsed: Parsed, function: FunctionNode, root: ast.Name | None) -> bool:
    """Whether a name stands for a module, or for something that the function made itself."""
    if root is None:
        return True  # what a call just returned
    bound = parsed.names.scope_bindings(function).get(root.id)
    if bound is None:
        outer = parsed.names.lookup(root.id, root)
        return not outer or all(one.how in ("import", "local") for one in outer)
    made = (ast.Call, ast.Constant, ast.JoinedStr, ast.List, ast.Dict, ast.Set, ast.Tuple, ast.BinOp, ast.ListComp,
            ast.SetComp, ast.DictComp)  # fmt: skip
    return all(
        one.how in ("import", "local") or (one.how in ("value", "enter") and isinstance(one.node, made))
        for one in bound
    )


def _root(node: ast.expr) -> ast.Name | None:
    """The name at the beginning of `a.b[c].d`; None where it is something else."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node if isinstance(node, ast.Name) else None
