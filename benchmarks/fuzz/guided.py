"""The same by atheris: libFuzzer changes the bytes, guided by which branches of the reader they reach.

Its input is damaged bytes whose checksums are made right again, since no guide finds its way through a CRC-32.
"""

from __future__ import annotations

import sys
import tempfile
from importlib import import_module
from pathlib import Path

from benchmarks.fuzz.corpus import PREFIX
from benchmarks.fuzz.mutations import chunks, joined


def fuzz(paths: list[Path], seconds: float) -> None:
    """Never comes back: libFuzzer ends the process, with 77 or so where it found something."""
    import atheris

    with atheris.instrument_imports(include=["asyncwhy.trace", "asyncwhy.probes", "json"]):
        for name in [name for name in sys.modules if name.startswith(("asyncwhy.trace", "asyncwhy.probes"))]:
            del sys.modules[name]
        sys.modules.pop("benchmarks.fuzz.subject", None)
        subject = import_module("benchmarks.fuzz.subject")
    sizes = subject.Sizes()
    seeds = Path(tempfile.mkdtemp(prefix="asyncwhy-fuzz-"))
    endings = sorted(PREFIX)
    for number, path in enumerate(paths):
        if path.stat().st_size < 200_000:
            (seeds / str(number)).write_bytes(bytes([endings.index(path.suffix)]) + path.read_bytes())

    def one(data: bytes) -> None:
        ending = endings[data[0] % len(endings)] if data else endings[0]
        body, prefix = data[1:], PREFIX[ending]
        whole = body[:prefix] + joined(chunks(body, prefix))
        for each in (whole, body):
            wrong = subject.problem(each, f"1-1{ending}", sizes)
            if wrong is not None:
                raise RuntimeError(wrong)

    told = [
        f"-max_total_time={int(seconds)}",
        "-rss_limit_mb=4096",
        "-timeout=60",
        "-max_len=200000",
        "-print_final_stats=1",
    ]
    atheris.Setup([sys.argv[0], *told, str(seeds)], one)
    atheris.Fuzz()
