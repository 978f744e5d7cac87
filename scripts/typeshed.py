# ruff: noqa: C901, PLR0911, PLR0912
"""Writes src/asyncwhy/check/stdlib.json: what the standard library's calls return, from mypy's bundled typeshed.

    .venv/bin/python scripts/typeshed.py

typeshed is licensed under Apache 2.0.  Types are dotted names; `[X]` is something that yields X, `~X` something to
await for X.  Only classes are kept that have a blocking method, or lead to one by a call or an attribute; of an overloaded
function the first answer counts.
"""

from __future__ import annotations

import ast
import json
import sys
from pathlib import Path

from mypy import __file__ as mypy_file
from mypy.version import __version__

from asyncwhy.catalog import load

TYPESHED = Path(mypy_file).parent / "typeshed" / "stdlib"
TARGET = Path(__file__).parent.parent / "src" / "asyncwhy" / "check" / "stdlib.json"
YIELDING = {
    "list", "set", "Iterator", "Iterable", "Generator", "Sequence", "AsyncIterator", "AsyncGenerator", "deque",
    "AbstractContextManager", "List", "Collection",
}  # fmt: skip
MODULES = """
_io _socket _thread _asyncio argparse asyncio.* bz2 code codecs concurrent.futures.* configparser contextlib
dbm ftplib functools getpass glob gzip http.client http.server imaplib importlib.metadata io lzma mailbox mmap
multiprocessing.* nntplib os pathlib.* platform poplib posixpath queue _queue sched select selectors shelve
shutil signal smtplib socket socketserver sqlite3.* ssl subprocess tarfile telnetlib tempfile threading
typing urllib.request urllib.response webbrowser xmlrpc.client zipfile.* builtins re uuid json pickle csv
logging logging.handlers hashlib
""".split()
SIMPLE = set("str int float bool bytes None object Any type bytearray complex".split())


class Module:
    def __init__(self, name: str, path: Path) -> None:
        self.name, self.is_package = name, path.name == "__init__.pyi"
        self.imports: dict[str, str] = {}
        self.stars: list[str] = []
        self.tree = ast.parse(path.read_text())
        self.classes: dict[str, ast.ClassDef] = {}
        self.functions: dict[str, list] = {}
        self.values: dict[str, ast.expr] = {}

        def walk(body):
            for node in body:
                if isinstance(node, ast.If):
                    test = ast.unparse(node.test)
                    if "win32" in test and "==" in test:
                        walk(node.orelse)
                    else:
                        walk(node.body)
                        walk(node.orelse)
                elif isinstance(node, ast.ImportFrom):
                    base = self.name if self.is_package else self.name.rpartition(".")[0]
                    for _ in range(max(node.level - 1, 0)):
                        base = base.rpartition(".")[0]
                    source = ".".join(filter(None, [base if node.level else "", node.module or ""]))
                    for alias in node.names:
                        if alias.name == "*":
                            self.stars.append(source)
                        else:
                            self.imports.setdefault(alias.asname or alias.name, f"{source}.{alias.name}")
                elif isinstance(node, ast.Import):
                    for alias in node.names:
                        self.imports[alias.asname or alias.name.partition(".")[0]] = (
                            alias.asname and alias.name
                        ) or alias.name.partition(".")[0]
                elif isinstance(node, ast.ClassDef):
                    self.classes.setdefault(node.name, node)
                elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                    self.functions.setdefault(node.name, []).append(node)
                elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                    self.values.setdefault(node.target.id, node.annotation)
                elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                    if isinstance(node.value, (ast.Name, ast.Attribute)):
                        self.imports.setdefault(node.targets[0].id, self.dotted(node.value) or "")

        walk(self.tree.body)
        self.walk = walk

    def dotted(self, node):
        if isinstance(node, ast.Name):
            if node.id in self.classes or node.id in self.functions:
                return f"{self.name}.{node.id}"
            return self.imports.get(node.id) or f"builtins.{node.id}"
        if isinstance(node, ast.Attribute):
            base = self.dotted(node.value)
            return base and f"{base.removeprefix('builtins.')}.{node.attr}"
        return None


modules: dict[str, Module] = {}
for pattern in MODULES:
    if pattern.endswith(".*"):
        for path in sorted((TYPESHED / pattern[:-2].replace(".", "/")).rglob("*.pyi")):
            name = ".".join(path.relative_to(TYPESHED).with_suffix("").parts)
            modules[name.removesuffix(".__init__")] = Module(name.removesuffix(".__init__"), path)
    else:
        path = TYPESHED / (pattern.replace(".", "/") + ".pyi")
        path = path if path.exists() else TYPESHED / pattern.replace(".", "/") / "__init__.pyi"
        if path.exists():
            modules[pattern] = Module(pattern, path)


for module in modules.values():
    for star in module.stars:
        if star in modules:
            for name in [*modules[star].classes, *modules[star].functions, *modules[star].imports]:
                if not name.startswith("_"):
                    module.imports.setdefault(name, f"{star}.{name}")


def real(name: str, seen=()) -> str:
    """A name where it is defined."""
    module, _, last = name.rpartition(".")
    if name in seen or module not in modules:
        return name
    target = modules[module].imports.get(last)
    if target and last not in modules[module].classes and last not in modules[module].functions:
        return real(target, (*seen, name))
    return name


def typed(module: Module, node, owner: str) -> str | None:
    if node is None:
        return None
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        node = ast.parse(node.value, mode="eval").body
    if isinstance(node, ast.BinOp):
        return typed(module, node.left, owner) or typed(module, node.right, owner)
    if isinstance(node, ast.Subscript):
        name = (module.dotted(node.value) or "").rpartition(".")[2]
        inner = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if name in ("Optional", "Union", "Annotated", "ClassVar", "Final"):
            return next(filter(None, (typed(module, one, owner) for one in inner)), None)
        if name in YIELDING:
            found = typed(module, inner[0], owner)
            return found and f"[{found}]"
        if name in ("Awaitable", "Coroutine"):
            return "~" + (typed(module, inner[-1], owner) or "")
        return typed(module, node.value, owner)
    name = module.dotted(node)
    if name is None:
        return None
    last = name.rpartition(".")[2]
    if last == "Self" or (last.startswith("_") and last.endswith("Self")):
        return "Self"
    name = real(name)
    if name in ("typing.IO", "typing.TextIO", "typing.BinaryIO"):
        return "typing.IO"
    if name == "tempfile._TemporaryFileWrapper":
        return "_io.TextIOWrapper"
    if last in SIMPLE or name.startswith(
        ("builtins.", "typing.", "collections.", "typing_extensions.", "_typeshed.")
    ):
        return None
    defining, _, last = name.rpartition(".")
    return name if defining in modules and last in modules[defining].classes else None


bases: dict[str, list[str]] = {}
returns: dict[str, str] = {}
classes: set[str] = set()


def function(module, name, nodes, owner):
    for node in nodes:
        found = typed(module, node.returns, owner)
        if isinstance(node, ast.AsyncFunctionDef):
            found = "~" + (found or "")
        if found:
            returns.setdefault(name, found)


for module in modules.values():
    for name, nodes in module.functions.items():
        function(module, f"{module.name}.{name}", nodes, "")
    for name, node in module.values.items():
        found = typed(module, node, "")
        if found:
            returns[f"{module.name}.{name}="] = found
    for name, node in module.classes.items():
        qualified = f"{module.name}.{name}"
        classes.add(qualified)
        parents = [typed(module, base, qualified) for base in node.bases]
        if any(parents):
            bases[qualified] = [parent for parent in parents if parent]
        kept = module.classes, module.functions, module.values, module.imports
        inner = Module.__new__(Module)
        inner.__dict__.update(module.__dict__)
        inner.functions, inner.values = {}, {}
        inner.classes, inner.imports = dict(module.classes), dict(module.imports)

        def walk(body, inner=inner):
            for item in body:
                if isinstance(item, ast.If):
                    walk(item.body)
                    walk(item.orelse)
                elif isinstance(item, (ast.FunctionDef, ast.AsyncFunctionDef)):
                    inner.functions.setdefault(item.name, []).append(item)
                elif isinstance(item, ast.AnnAssign):
                    inner.values[ast.unparse(item.target)] = item.annotation

        walk(node.body)
        for method, nodes in inner.functions.items():
            is_property = any("property" in ast.unparse(d) for n in nodes for d in n.decorator_list)
            function(module, f"{qualified}.{method}" + ("=" if is_property else ""), nodes, qualified)
        for attribute, annotation in inner.values.items():
            found = typed(module, annotation, qualified)
            if found:
                returns[f"{qualified}.{attribute}="] = found

catalog = load("python")
blocking = {real(name.rpartition(".")[0]) for name in catalog.entries}
useful = (
    {"typing.IO"}
    | blocking
    | {
        c
        for c in classes
        if any(c.startswith(p) for p in ("asyncio.", "_asyncio.", "concurrent.", "threading.", "subprocess."))
    }
)
while True:
    before = len(useful)
    for name, found in returns.items():
        owner = name.removesuffix("=").rpartition(".")[0]
        if (found.strip("[]~") in useful) and owner in classes:
            useful.add(owner)
    for name, parents in bases.items():
        if any(parent in useful for parent in parents):
            useful.add(name)
        if name in useful:
            useful.update(parents)
    if len(useful) == before:
        break
document = {
    "source": f"typeshed as bundled with mypy {__version__}, Apache License 2.0",
    "returns": {
        n: f
        for n, f in sorted(returns.items())
        if f.strip("[]~") in useful
        or f.startswith("~")
        or (f.strip("[]~") == "Self" and n.rpartition(".")[0] in useful)
    },
    "bases": {n: p for n, p in sorted(bases.items()) if n in useful},
    "classes": sorted(useful & classes),
    "aliases": {
        f"{m.name}.{local}": real(target)
        for m in modules.values()
        for local, target in sorted(m.imports.items())
        if real(target) != f"{m.name}.{local}"
        and (real(target) in useful or real(target) in catalog.entries or real(target) in returns)
        and target.rpartition(".")[0] in modules
        and not m.name.startswith("_")
    },
}
TARGET.write_text(json.dumps(document, indent=0, separators=(",", ":")) + "\n")
print({key: len(value) for key, value in document.items()}, TARGET.stat().st_size, file=sys.stderr)
