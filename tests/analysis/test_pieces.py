"""Pieces of one call that waits: what looks like a wait for the GIL in its midst is no other call."""

from __future__ import annotations

import pytest

from asyncwhy.analysis.holds import Kind, Piece, agree, joined

B, W, C = Kind.BLOCKED, Kind.GIL_WAIT, Kind.BUSY

#: Kinds and lengths (ms) of pieces at one place, and what is left.
CASES = {
    "a wait for a lock whose holder waits for the GIL": ([(W, 5), (B, 20)], [(B, 25)]),
    "the lock is there, the GIL is not": ([(B, 20), (W, 5)], [(B, 25)]),
    "two calls": ([(B, 20), (B, 20)], [(B, 20), (B, 20)]),
    "mostly the GIL": ([(B, 5), (W, 20)], [(B, 5), (W, 20)]),
    "the GIL alone": ([(W, 20), (W, 5)], [(W, 20), (W, 5)]),
    "what computes between two calls parts them": ([(B, 9), (C, 5), (W, 5)], [(B, 9), (C, 5), (W, 5)]),
}


def piece(kind: Kind, start: float, length: float, stack: int = 1, step: int = 0) -> Piece:
    return Piece(1, 7, step, start, start + length, 0.0, 0.0, stack, 1, kind)


@pytest.mark.parametrize("what", CASES)
def test_one_call_is_one_piece(what: str) -> None:
    before, after = CASES[what]
    pieces, start = [], 0.0
    for kind, length in before:
        pieces.append(piece(kind, start, length))
        start += length
    assert [(one.kind, one.length) for one in joined(pieces)] == after


def test_other_places_and_steps_stay_apart() -> None:
    pieces = [piece(B, 0, 9), piece(W, 9, 5, stack=2), piece(W, 14, 5, step=1)]
    assert [one.kind for one in joined(pieces)] == [B, W, W]


@pytest.mark.parametrize(("waited", "kind"), [(60, B), (30, W)])
def test_a_place_that_waits_for_a_lock_waits_for_it_each_time(waited: float, kind: Kind) -> None:
    """Whose holder waits for the GIL, which the one who waits for the lock seems to do, too."""
    first, second = piece(B, 0, waited), piece(W, 100, 50, step=1)
    agree([first, second])
    assert (first.kind, second.kind) == (B, kind)
