"""Real people's questions, each as a program with the libraries concerned: the answer is the right one."""

from __future__ import annotations

from pathlib import Path

import pytest

from asyncwhy.causes import FOUND_IN_RUNS
from tests.observing import settled
from tests.real.asked import Question, ask, judge, questions

#: Causes that people's questions are about and that no check looks for yet.
NOT_YET = frozenset(cause for question in questions() for cause in question.causes) - set(FOUND_IN_RUNS)

#: Questions that are answered wrongly, and what is missing.  The table of `python -m tests.real.questions`
#: counts them as wrong.
MISSED: dict[str, str] = {}


def test_there_are_thirty() -> None:
    assert len(questions()) >= 30


def not_yet(question: Question) -> bool:
    """Whether none of the causes that would answer it is looked for."""
    return bool(question.causes) and NOT_YET.issuperset(question.causes)


@pytest.mark.slow
@pytest.mark.parametrize("question", questions(), ids=lambda question: question.name)
def test_a_question_is_answered(question: Question, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    if lacking := question.lacks():
        pytest.skip(lacking)
    if not_yet(question):
        request.applymarker(pytest.mark.xfail(reason="not built yet", strict=False))
    if question.name in MISSED:
        request.applymarker(pytest.mark.xfail(reason=MISSED[question.name], strict=False))
    assert settled(lambda: judge(question, ask(question, tmp_path))) == []
