"""The house is built as DESIGN.md draws it.

`lint-imports` holds the arrows between packages (pyproject.toml); here is what it cannot see: files that
are no part of a package, interpreters other than our own, and size.
"""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "asyncwhy"
AGENTS = SOURCE / "agents"
INJECTED = sorted((AGENTS / "python" / "inject").rglob("*.py"))
LONGEST_FILE = 350
LONGEST_FUNCTION = 45
FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)

OWN_PACKAGES = {path.stem for path in (AGENTS / "python" / "inject").glob("*")}
#: CPython's own (`Modules/_xxsubinterpretersmodule.c`, up to 3.12), which `sys.stdlib_module_names` leaves out.
UNLISTED = {"_xxsubinterpreters"}


def imported(tree: ast.AST) -> set[str]:
    """The top-level names of all absolute imports, wherever they stand."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names.add(node.module.partition(".")[0])
    return names


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_there_is_an_agent() -> None:
    assert INJECTED


@pytest.mark.parametrize("path", INJECTED, ids=name_of)
def test_an_agent_imports_only_the_standard_library(path: Path) -> None:
    allowed = set(sys.stdlib_module_names) | UNLISTED | OWN_PACKAGES
    assert imported(ast.parse(path.read_text())) <= allowed


@pytest.mark.parametrize("path", sorted(AGENTS.rglob("*.py")), ids=name_of)
def test_agents_import_nothing_of_ours(path: Path) -> None:
    assert "asyncwhy" not in imported(ast.parse(path.read_text()))


def test_nothing_of_ours_imports_what_runs_inside_programs() -> None:
    ours = [path for path in SOURCE.rglob("*.py") if AGENTS not in path.parents]
    found = {name_of(path) for path in ours if "_asyncwhy_agent" in imported(ast.parse(path.read_text()))}
    assert not found


COMPILE = """
import json, sys
errors = []
for path in json.load(sys.stdin):
    with open(path, "rb") as file:
        try:
            compile(file.read(), path, "exec", dont_inherit=True)
        except SyntaxError as error:
            errors.append("%s:%s: %s" % (path, error.lineno, error.msg))
print("\\n".join(errors))
"""


def test_the_agent_compiles_in_every_interpreter(observed_python: Path) -> None:
    command = [str(observed_python), "-W", "error", "-c", COMPILE]
    paths = json.dumps([str(path) for path in INJECTED])
    done = subprocess.run(command, input=paths, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def all_sources() -> list[Path]:
    return sorted(path for path in SOURCE.rglob("*.py"))


def test_files_are_short() -> None:
    lengths = {name_of(path): len(path.read_text().splitlines()) for path in all_sources()}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def test_functions_are_short() -> None:
    too_long = {}
    for path in all_sources():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, FUNCTION) and own_lines(node) > LONGEST_FUNCTION:
                too_long[f"{name_of(path)}:{node.lineno} {node.name}"] = own_lines(node)
    assert too_long == {}


def own_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """From `def` to the end, without its docstring and without the functions defined inside it.

    Explaining more is no fault, and an agent's closures (private copies, as its oath says) are counted
    each by itself.
    """
    lines = lines_of(function)
    if ast.get_docstring(function, clean=False) is not None:
        lines -= lines_of(function.body[0])
    for node in ast.walk(function):
        if isinstance(node, FUNCTION) and node is not function:
            lines -= lines_of(node)
    return len(lines)


def lines_of(node: ast.stmt) -> set[int]:
    assert node.end_lineno is not None
    return set(range(node.lineno, node.end_lineno + 1))
