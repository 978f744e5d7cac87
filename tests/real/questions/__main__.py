"""`python -m tests.real.questions [NAME...]`: what is said of each program, beside what is right."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from tests.real.asked import Question, ask, judge, questions, told


def main(wanted: list[str]) -> int:
    """Prints the table; 1 if an answer is wrong."""
    wrong = 0
    asked = [one for one in questions() if not wanted or any(one.name.startswith(word) for word in wanted)]
    for question in asked:
        complaints = row(question)
        wrong += bool(complaints)
    print(f"{len(asked) - wrong} of {len(asked)} right")
    return int(wrong > 0)


def row(question: Question) -> list[str]:
    """Asks one question and prints its line of the table."""
    lacking = question.lacks()
    if lacking:
        print(f"{question.name:32} not tried: {lacking}")
        return []
    try:
        with tempfile.TemporaryDirectory() as folder:
            report = ask(question, Path(folder))
    except (AssertionError, subprocess.TimeoutExpired) as error:
        print(f"{question.name:32} no answer: {error}", flush=True)
        return [str(error)]
    complaints = judge(question, report)
    expected = "/".join(question.causes) or "nothing wrong"
    print(
        f"{question.name:32} {expected:36} {told(report):60} {'WRONG' if complaints else 'right'}", flush=True
    )
    for complaint in complaints:
        print(f"{'':32}   {complaint}")
    return complaints


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
