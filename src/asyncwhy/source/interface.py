"""What may be asked of a user's source, whatever its language: the questions and the shapes of answers.

Lines and columns count from 1; columns count characters; ends are exclusive.  A question that cannot be
answered (no such file, a syntax newer than ours, nothing there) is answered None or with an empty tuple:
nothing here raises because of what the source holds.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, slots=True, order=True)
class Extent:
    """Where an expression or statement stands; `end_column` belongs to `end_line`."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Call:
    """A call as written, or another expression that can wait (`kind`: call, attribute, subscript, ...).

    `name` is what is called, as written (`zz`, `self.conn.execute`); `qualified` is the same through the
    module's imports and constructors (`time.sleep`, `sqlite3.Connection.execute`), or `name` again where
    that is not known.  `end_column` is on `line`: that of the call's end, or of its first line's end.
    """

    file: str
    text: str
    name: str
    qualified: str
    line: int
    column: int
    end_column: int
    extent: Extent
    function: str
    awaited: bool = False
    kind: str = "call"


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the source.  `line` is that of its `def`, `first_line` of its first decorator;
    `suspends` says that it has an await, `async for` or `async with` of its own (not of a nested one)."""

    file: str
    name: str
    qualname: str
    line: int
    first_line: int
    end_line: int
    is_async: bool
    is_generator: bool
    decorators: tuple[str, ...]
    suspends: bool
    header: str


class AwaitKind(StrEnum):
    """What waits."""

    AWAIT = "await"
    ASYNC_FOR = "async-for"
    ASYNC_WITH = "async-with"


@dataclass(frozen=True, slots=True)
class Loop:
    """A loop around an await.  `kind`: for, while, async-for or comprehension; `iterable` is the text
    after `in` (of a while loop, its condition).  `take` is the await with which each turn of a `while` takes
    an item; `brought` says that a `for` or `async for` runs over what others bring, whatever its turns do; `drains`, that a
    `while` works off what is there, as a `for` would."""

    kind: str
    line: int
    end_line: int
    iterable: str
    targets: tuple[str, ...]
    take: Extent | None = None
    brought: bool = False
    drains: bool = False


@dataclass(frozen=True, slots=True)
class Guard:
    """A statement around an await, outermost first: `kind` is with, async-with, try, except, finally,
    if, else or match; `text` its context, condition or exception."""

    kind: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Await:
    """A place where the function may wait.  `call` is the qualified name of what is called to make the
    awaited thing, or the awaited expression's text where that is no call; `assigns` the names and
    attributes bound to the result; `reads` those that the awaited expression reads."""

    file: str
    function: str
    kind: AwaitKind
    line: int
    column: int
    end_column: int
    extent: Extent
    text: str
    call: str
    assigns: tuple[str, ...]
    reads: tuple[str, ...]
    loop: Loop | None
    guards: tuple[Guard, ...]
    in_comprehension: bool


@dataclass(frozen=True, slots=True)
class Section:
    """Lines for which something is held that others may want: `how` it was taken (with, acquire, get), its name as
    written, its class where that is known (or ""), and the call that made it.  `is_call`: a `with` of what a call
    returns."""

    how: str
    name: str
    kind: str
    is_call: bool
    line: int
    end_line: int
    made: Call | None


@dataclass(frozen=True, slots=True)
class Poll:
    """A loop that asks again and again: its first question as written, and the line of the loop; `by_clock`: time
    alone brings it about."""

    question: str
    line: int
    by_clock: bool = False


class Confidence(StrEnum):
    """How far an answer about dependence may be trusted: it is read from the source, not measured."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class Independence:
    """Whether awaits could overlap: `reason` in plain words, for people."""

    independent: bool
    reason: str
    confidence: Confidence


class Source(Protocol):
    """The questions.  `file` is the path as the program knew it."""

    def line(self, file: str, number: int) -> str | None:
        """The text of a line, without its end."""

    def call_at(
        self,
        file: str,
        line: int,
        column: int | None = None,
        end_line: int | None = None,
        end_column: int | None = None,
        callee_hint: str | None = None,
    ) -> Call | None:
        """The call that executes there.

        Columns count from 1 and may count UTF-8 bytes (CPython's `co_positions` + 1) or characters.
        Without them: the only call of the line, or the one that the hint names, or the outermost.
        """

    def function_at(self, file: str, line: int, name: str | None = None) -> Function | None:
        """The innermost function around a line; with `name`, the innermost of that name."""

    def definition(self, file: str, qualname: str) -> Function | None:
        """The function of that (qualified) name, if there is exactly one."""

    def awaits(self, file: str, function: Function | str) -> tuple[Await, ...]:
        """The function's own awaits in source order."""

    def independent(self, file: str, awaits: tuple[Await, ...]) -> Independence:
        """Could these awaits of one function overlap?  One await: could its loop's turns overlap?"""

    def independent_turns(
        self, file: str, awaits: tuple[Await, ...], *, fed: bool = False, batches: bool = False
    ) -> Independence:
        """Could the turns of the loop around these awaits overlap?  `fed`: its items were there before the turn
        before was over, so that whoever brings them does not wait for what a turn does.  `batches`: each turn waits for several
        calls together, and it is asked whether the next ones could begin before all of them are over."""

    def unawaited_calls(self, file: str, function: Function | str, callee: str) -> tuple[Call, ...]:
        """Calls of `callee` in the function that nothing ever awaits."""

    def given_at(self, file: str, name: str) -> tuple[Call, ...]:
        """Calls that are given the function of that name, to call it later themselves."""

    def repeated_at(self, file: str, line: int) -> int | None:
        """The line of the `for` that makes the call on that line for each item, if no turn needs another's."""

    def section_at(self, file: str, line: int, column: int | None = None) -> Section | None:
        """What that line takes, and for which lines it is then held."""

    def limited_to(self, number: int) -> tuple[Call, ...]:
        """The user's calls with an argument that sets a limit (`pool_size`, `max_connections`) to that number."""

    def maker_at(self, file: str, line: int) -> Call | None:
        """The call that made the limit which a call on that line asks: `pLimit(2)` for `limit(() => ...)`."""

    def poll_at(self, file: str, line: int, *, alone: bool = False) -> Poll | None:
        """The loop around the await on that line, if it only waits for what others bring about.

        `alone`: it is known that nothing else in it suspends, whatever else it awaits.
        """

    def spin_at(self, file: str, line: int) -> Poll | None:
        """The loop on that line, if it only asks for what others bring about, and neither waits nor awaits."""

    def paces(self, file: str, line: int) -> bool:
        """Whether the await on that line is a sleep that keeps a rate, and no work."""

    def connection_at(self, file: str, line: int) -> str | None:
        """The path of the session, connection or transaction that the await on that line uses and that its function
        keeps elsewhere; "" where it is within a `with` that opens one of its own, None where it uses none."""

    def loop_around(self, file: str, lines: Collection[int]) -> int | None:
        """The line of the innermost loop statement whose turns pass through all of the lines."""

    def may_need(self, later: Function, earlier: Function) -> bool:
        """Whether a function that a library calls after another one may need what that one did: it names it in its
        signature, is given what it changes, or shares state with it; True where that cannot be read."""

    def unread(self) -> tuple[tuple[str, str], ...]:
        """Files that were asked about and could not be understood, each with the reason."""
