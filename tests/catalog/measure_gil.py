"""Measures which native calls of the catalogue keep the interpreter lock; run by hand, not by pytest.

    PYTHONPATH=src python tests/catalog/measure_gil.py

A thread wakes every millisecond and notes the longest gap while the call runs on the main thread.  A gap near
the whole call means that the lock was kept; about the switch interval (5 ms): let go, or Python code.
"""

from __future__ import annotations

import array
import base64
import bz2
import gzip
import hashlib
import json
import lzma
import marshal
import pickle
import re
import sys
import threading
import time
import zlib
from collections.abc import Callable

from asyncwhy.catalog import load

TEXT = b"asyncwhy, " * 6_000_000
DOUBLE = TEXT * 2
RANDOM = array.array("d", (float(i * 7919 % 1_000_003) for i in range(1_500_000)))
OBJECTS = [[str(i), i, i / 3] for i in range(400_000)]
JSON, PICKLE, MARSHAL = json.dumps(OBJECTS), pickle.dumps(OBJECTS), marshal.dumps(OBJECTS)
LETTERS = "a" * 24 + "b"
WORDS = "one two  three " * 400_000
ROW = list(RANDOM)
EVIL = re.compile("(a+)+$")
ZLIB, BZ2, LZMA = zlib.compress(TEXT, 1), bz2.compress(TEXT[:20_000_000], 1), lzma.compress(TEXT, preset=0)
BASE64 = base64.b64encode(DOUBLE)

CALLS: dict[str, Callable[[], object]] = {
    "time.sleep": lambda: time.sleep(0.2),
    "hashlib.pbkdf2_hmac": lambda: hashlib.pbkdf2_hmac("sha256", b"x", b"y", 500_000),
    "hashlib.scrypt": lambda: hashlib.scrypt(b"x", salt=b"y", n=2**14, r=8, p=4),
    "hashlib.sha256": lambda: hashlib.sha256(DOUBLE),
    "hashlib.sha1": lambda: hashlib.sha1(DOUBLE),
    "hashlib.sha512": lambda: hashlib.sha512(DOUBLE),
    "hashlib.md5": lambda: hashlib.md5(DOUBLE),
    "hashlib.blake2b": lambda: hashlib.blake2b(DOUBLE),
    "hashlib.new": lambda: hashlib.new("sha256", DOUBLE),
    "zlib.compress": lambda: zlib.compress(TEXT, 1),
    "zlib.decompress": lambda: zlib.decompress(ZLIB),
    "gzip.compress": lambda: gzip.compress(TEXT, 1),
    "bz2.compress": lambda: bz2.compress(TEXT[:5_000_000], 1),
    "bz2.decompress": lambda: bz2.decompress(BZ2),
    "lzma.compress": lambda: lzma.compress(TEXT, preset=0),
    "lzma.decompress": lambda: lzma.decompress(LZMA),
    "json.loads": lambda: json.loads(JSON),
    "json.dumps": lambda: json.dumps(OBJECTS),
    "pickle.loads": lambda: pickle.loads(PICKLE),
    "pickle.dumps": lambda: pickle.dumps(OBJECTS),
    "marshal.loads": lambda: marshal.loads(MARSHAL),
    "marshal.dumps": lambda: marshal.dumps(OBJECTS),
    "re.Pattern.match": lambda: EVIL.match(LETTERS),
    "re.Pattern.search": lambda: EVIL.search(LETTERS),
    "re.match": lambda: re.match("(a+)+$", LETTERS),
    "re.Pattern.findall": lambda: re.compile(r"\w+").findall(WORDS),
    "re.Pattern.sub": lambda: re.compile(r"\w+").sub("x", WORDS),
    "re.split": lambda: re.split(r"\s+", WORDS),
    "builtins.sorted": lambda: sorted(ROW),
    "builtins.sum": lambda: [sum(RANDOM) for _ in range(1)] and sum(ROW * 10),
    "base64.b64encode": lambda: base64.b64encode(TEXT * 4),
    "base64.b64decode": lambda: base64.b64decode(BASE64),
}


def longest_gap(call: Callable[[], object]) -> tuple[float, float]:
    """Seconds of the call, and the longest that another thread could not run meanwhile."""
    gaps: list[float] = []
    stop = threading.Event()

    def watch() -> None:
        last = time.perf_counter()
        while not stop.is_set():
            time.sleep(0.001)
            now = time.perf_counter()
            gaps.append(now - last)
            last = now

    thread = threading.Thread(target=watch)
    thread.start()
    time.sleep(0.02)
    gaps.clear()
    began = time.perf_counter()
    call()
    took = time.perf_counter() - began
    time.sleep(0.005)
    stop.set()
    thread.join()
    return took, max(gaps)


def main() -> int:
    """One line per call; 1 where the catalogue says otherwise."""
    wrong = 0
    for name, call in CALLS.items():
        took, gap = min((longest_gap(call) for _ in range(3)), key=lambda pair: pair[1] / pair[0])
        measured = "kept" if gap > took / 2 and gap > 0.008 else "released"
        entry = load().lookup(name)
        told = entry.gil if entry else "not in the catalogue"
        wrong += told != measured
        doubt = "" if told == measured else f"BUT {told}"
        print(f"{name:24} {took:6.3f} s, gap {gap:6.3f} s: {measured:9} {doubt}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
