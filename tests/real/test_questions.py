"""Real people's questions, each as a program with the libraries concerned: the answer is the right one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.real.asked import Question, ask, judge, questions

#: Causes of DESIGN.md that no check looks for yet, and runtimes that are not observed yet.
NOT_YET = frozenset(
    "await-in-loop busy-wait concurrency-limit loop-misconfigured offload-overhead pool-deadlock self-wait "
    "sequential-awaits serial-dispatch serialised-by-lock task-lost thread-per-task unsafe-wakeup trio".split()
)


def test_there_are_thirty() -> None:
    assert len(questions()) >= 30


def not_yet(question: Question) -> bool:
    """Whether what would answer it is not built."""
    on_trio = "trio.run(" in question.program.read_text(encoding="utf-8")
    return (on_trio and "trio" in NOT_YET) or bool(NOT_YET.intersection(question.causes))


@pytest.mark.slow
@pytest.mark.parametrize("question", questions(), ids=lambda question: question.name)
def test_a_question_is_answered(question: Question, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    if lacking := question.lacks():
        pytest.skip(lacking)
    if not_yet(question):
        request.applymarker(pytest.mark.xfail(reason="not built yet", strict=False))
    assert judge(question, ask(question, tmp_path)) == []
