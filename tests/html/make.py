"""The pages that web/browser opens: `python -m tests.html.make FOLDER`."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from tests.analysis.programs import Gather, Job, Sleep, Work
from tests.html.pages import page_of, report_of
from tests.html.test_page import HOSTILE, hostile

ROOT = Path(__file__).parents[2]
SPECIMENS = ("blocking-call", "pool-saturated", "sequential-awaits")


def main() -> None:
    folder = Path(sys.argv[1])
    for name in SPECIMENS:
        program = ROOT / "specimens" / name / "asyncio" / "sick.py"
        told = ["--format", "html", "--report", folder / f"{name}.html", "-o", folder / f"{name}.trace"]
        subprocess.run(
            [sys.executable, "-m", "asyncwhy", "run", *told, program], check=True, capture_output=True
        )
    text = "\n".join(HOSTILE)
    made = report_of((Gather(((Work(0.2), Sleep(0.1)), (Work(0.3),))), Job(0.4)))
    named = hostile(text)
    (folder / "hostile.html").write_text(
        page_of(replace(named, picture=made.picture)), encoding="utf-8", errors="replace"
    )
    (folder / "empty.html").write_text(page_of(report_of((Sleep(0.1),))), encoding="utf-8")


if __name__ == "__main__":
    main()
