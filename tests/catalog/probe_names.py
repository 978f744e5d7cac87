"""The part of verify_catalog.py that runs inside an interpreter (3.9 on); standard library only."""

import ast
import importlib
import importlib.util
import inspect
import json
import os
import sys
import sysconfig
import warnings

warnings.simplefilter("ignore")
MISSING = object()
SINCE = {"tomllib.load": (3, 11), "pathlib.Path.hardlink_to": (3, 10), "pathlib.Path.walk": (3, 12)}
SPELT = {"asyncio.loop": "asyncio.AbstractEventLoop"}


def resolve(name):
    """The object of a dotted name: a module, the longest that serves, then attributes.

    None if its package is not installed, MISSING if the package is there and the name is not.
    """
    parts = name.split(".")
    if importlib.util.find_spec(parts[0]) is None:
        return None
    for length in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:length]))
        except Exception:  # a package may refuse to be imported in its own way
            continue
        for part in parts[length:]:
            found = getattr(found, part, MISSING)
        if found is not MISSING:
            return found
    return MISSING


def spelled(name, back):
    """The name, then each other spelling of it."""
    yield name
    head = name
    while head:
        for spelling in back.get(head, ()):
            yield spelling + name[len(head) :]
        head = head.rpartition(".")[0]


def check_entry(name, back):
    """None if right, "absent" if its package is not installed, else what is wrong."""
    name = name.removesuffix(".*")
    seen = [resolve(each) for each in spelled(name, back)]
    found = [each for each in seen if each is not None and each is not MISSING]
    if not found:
        return "absent" if seen[0] is None else "no such name"
    if not callable(found[0]):
        return "not callable"
    if inspect.iscoroutinefunction(found[0]) or inspect.isasyncgenfunction(found[0]):
        return "is a coroutine function"
    return None


def check_replacement(name):
    """None if right, "absent" if its package is not installed, else what is wrong."""
    for prefix, real in SPELT.items():
        if name.startswith(prefix + "."):
            name = real + name[len(prefix) :]
    found = resolve(name)
    if found is None:
        return "absent"
    return "no such replacement" if found is MISSING else None


def functions_of(source):
    """Every function defined in a source, nested ones too."""
    tree = ast.parse(source)
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for node in ast.walk(tree) if isinstance(node, kinds)}


def check_frames(frames):
    """Every (file, function) against the file, in the standard library or an installed package.

    One that is not there is told, no more: a file changes from release to release.
    """
    roots = [sysconfig.get_path(key) for key in ("stdlib", "purelib", "platlib")]
    for file, function in frames:
        at = next((p for p in (os.path.join(root, file) for root in roots) if os.path.exists(p)), None)
        if at is None:
            print("FRAME", file, function)
            continue
        if function != "*" and os.path.isfile(at):
            with open(at, encoding="utf-8") as source:
                if function.rpartition(".")[2] not in functions_of(source.read()):
                    print("FRAME", file, function)


def main():
    """Reads the catalogue from stdin, prints what is wrong, and exits with 1 if anything is."""
    catalogue = json.load(sys.stdin)
    problems, absent, right, unreached = [], {}, 0, set()
    for name, replacement, verified, until, _gil, package in catalogue["entries"]:
        gone = until and sys.version_info[:2] > tuple(int(part) for part in until.split("."))
        if gone or sys.version_info[:2] < SINCE.get(name, (3, 0)):
            continue
        wrong = check_entry(name, catalogue["back"])
        if wrong == "absent":
            absent.setdefault(package, []).append(name)
        elif wrong:
            problems.append("%s: %s" % (name, wrong))
        else:
            right += 1
            if not verified:
                print("could be marked verified:", name)
        wrong = check_replacement(replacement)
        if wrong == "absent":
            unreached.add(replacement)
        elif wrong and sys.version_info[:2] >= (3, 11):
            problems.append("%s -> %s: %s" % (name, replacement, wrong))
    for call, result in catalogue["returns"].items():
        for each in (call, result):
            if not any(resolve(s) is not MISSING for s in spelled(each, catalogue["back"])):
                problems.append("returns %s: no such name" % each)
    check_frames(catalogue["frames"])
    print("names: %d right, %d wrong" % (right, len(problems)))
    print(
        "not installed:", ", ".join("%s (%d)" % (p or "?", len(n)) for p, n in sorted(absent.items())) or "-"
    )
    print("replacements not installed:", ", ".join(sorted(unreached)) or "-")
    for problem in problems:
        print("WRONG", problem)
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
