"""An error of the agent's own takes it out and is told; one of the program's passes."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import pytest
from _asyncwhy_agent import recorder, safety


class Owner:
    def method(self) -> str:
        return "original"


@pytest.fixture
def installation(tmp_path: Any) -> Iterator[Any]:
    made = safety.Installation(recorder.Recorder(str(tmp_path)))
    original = Owner.method
    yield made
    Owner.method = original  # type: ignore[method-assign]


def test_an_error_of_ours_is_kept_and_takes_everything_out(installation: Any) -> None:
    installation.put(Owner, "method", lambda self: "ours")
    assert Owner().method() == "ours"

    def broken() -> None:
        raise KeyError("ours")

    assert installation.harmless(broken, "instead")() == "instead"
    assert Owner().method() == "original"
    assert installation.recorder.failures == ["broken: KeyError: 'ours'"]


def test_what_somebody_else_has_replaced_since_stays(installation: Any) -> None:
    installation.put(Owner, "method", lambda self: "ours")
    Owner.method = lambda self: "theirs"  # type: ignore[method-assign]
    installation.remove()
    assert Owner().method() == "theirs"


class Told(Exception):
    pass


@contextmanager
def alarm(handler: Callable[..., object]) -> Iterator[None]:
    old = signal.signal(signal.SIGUSR1, handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGUSR1, old)


def plain(number: int, frame: FrameType | None) -> None:
    raise Told


def swept(*_: object) -> None:
    raise KeyError


class Bound:
    def handle(self, number: int, frame: FrameType | None) -> None:
        del frame
        raise Told


def resigns(number: int, frame: FrameType | None) -> None:
    signal.signal(signal.SIGUSR1, signal.SIG_DFL)
    raise Told


@pytest.mark.parametrize("handler", [plain, swept, Bound().handle, resigns])
def test_an_error_of_a_signal_handler_passes(handler: Callable[..., object], installation: Any) -> None:
    def hook() -> None:
        signal.raise_signal(signal.SIGUSR1)

    with alarm(handler), pytest.raises((Told, KeyError)):
        installation.harmless(hook)()
    assert installation.recorder.failures == []


def test_an_error_of_a_trace_function_passes(installation: Any) -> None:
    def tracer(frame: FrameType, event: str, argument: object) -> None:
        if frame.f_code.co_name == "inner":
            raise Told

    def inner() -> None:
        pass

    old = sys.gettrace()
    sys.settrace(tracer)
    try:
        with pytest.raises(Told):
            installation.harmless(inner)()
    finally:
        sys.settrace(old)


class Refuses:
    def __getattr__(self, name: str) -> object:
        raise Told


def test_an_object_that_does_not_like_to_be_looked_at() -> None:
    assert safety.peek(Refuses(), "name", "default") == "default"
    assert safety.name_of(Refuses()) == "Refuses"


def test_a_program_s_method_that_we_called_is_ours_to_keep(installation: Any) -> None:
    assert installation.harmless(lambda: Refuses().name, 3)() == 3
    assert len(installation.recorder.failures) == 1


def test_what_ends_the_program_passes(installation: Any) -> None:
    def hook() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        installation.harmless(hook)()
