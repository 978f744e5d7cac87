"""Which line to name: pieces of holds gathered by the place that explains them.

A call that waits stands on one line, and that line is named.  A computation runs over many lines; the
deepest line under which nearly all of it happened is the one a person wants to see: the hot line itself, or
the call of the function whose lines share it.  Inside a library, where nobody will look for two faults, it is
one line in any case.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from asyncwhy.analysis.facts import ProcessFacts
from asyncwhy.analysis.holds import Kind, Piece
from asyncwhy.analysis.places import Origin
from asyncwhy.model import Site

#: A line that holds this share of a group's time explains it.
DOMINANT = 0.8
#: Two lines of one function are separate places if each is stayed at this long on average (three samples);
#: otherwise they alternate, as the lines of a hot loop do, and the call around them is named.
PHASE_S = 0.015
#: The lines of one loop are separate places only if they change this much less often than if each sample fell
#: on any of them by chance.
PHASED = 0.5

#: The sampler has the GIL this soon after it woke only where nobody had to hand it over: CPython does that every 5 ms,
#: so that beside Python code it wakes 3 to 6 ms late; beside native code that released the GIL, 0.1 to 0.6 ms (measured).
PROMPT_S = 0.0015

#: Where Node.js loads modules: the program's, and its own when they are first used.
NODE_LOADS = ("node:internal/modules/", "node:internal/bootstrap/realm")

#: One sampled piece, the indices of the user's sites in its stack (outermost first), and the stack.
Path = tuple[Piece, list[int], tuple[Site, ...]]
#: (file, lines) -> the line of the loop statement whose turns pass through all of them.
LoopAround = Callable[[str, Collection[int]], int | None]


@dataclass(frozen=True, slots=True)
class Reading:
    """What is asked of the source: the loop around lines, and whether a site's function is a coroutine function."""

    loop_around: LoopAround
    is_async: Callable[[Site], bool]


@dataclass(slots=True)
class Group:
    """Pieces that one line explains; `stack` is that of the longest piece, `index` the line's place in it.

    `loop` is the line of a loop over whose lines the pieces are spread: `site` is then only the hottest of them.
    """

    site: Site
    stack: tuple[Site, ...]
    index: int
    pieces: list[Piece]
    loop: int | None = None

    @property
    def cost_s(self) -> float:
        """Seconds of all pieces together."""
        return sum(piece.length for piece in self.pieces)

    def mostly(self, kind: Kind) -> bool:
        """Whether half of the time or more is of that kind."""
        return 2 * sum(piece.length for piece in self.pieces if piece.kind is kind) >= self.cost_s

    @property
    def lets_others_run(self) -> bool:
        """Whether it computed without the GIL nearly all the time, as the sampler's own waking shows."""
        free = sum(
            piece.length for piece in self.pieces if piece.kind is Kind.BUSY and piece.late_s < PROMPT_S
        )
        return free >= DOMINANT * self.cost_s > 0

    @property
    def own_stack(self) -> tuple[Site, ...]:
        """From the named line outwards."""
        return self.stack[self.index :]


def blocked(facts: ProcessFacts, pieces: Sequence[Piece]) -> list[Group]:
    """Pieces that waited, by the user's innermost line."""
    return _by_line(facts, pieces, facts.origins.user_index)


def computed(facts: ProcessFacts, pieces: Sequence[Piece], reading: Reading) -> list[Group]:
    """Pieces that computed, by the deepest line that explains them."""
    paths: list[Path] = []
    for piece in pieces:
        stack = facts.stack(piece.stack)
        own = [index for index in range(len(stack) - 1, -1, -1) if facts.origins.is_user(stack[index])]
        own = [
            index
            for index, outside in zip(own, [-1, *own], strict=False)
            if not _within(stack, index, outside)
        ]
        if not own:
            own = [
                index for index in range(len(stack) - 1, -1, -1) if facts.origins.package(stack[index].file)
            ]
        if own:
            paths.append((piece, own, stack))
    made: list[Group] = []
    by_root: dict[tuple[str, str], list[Path]] = {}
    for path in paths:
        root = path[2][path[1][0]]
        by_root.setdefault((root.file, root.function), []).append(path)
    for group in by_root.values():
        made.extend(_descend(facts, group, 0, reading))
    return made


def _within(stack: tuple[Site, ...], index: int, outside: int) -> bool:
    """Whether a frame is only a part (a lambda, a generator) of the line of the user's that is outside it."""
    if outside < 0:
        return False
    inner, outer = stack[index], stack[outside]
    return (inner.file, inner.line) == (outer.file, outer.line) and inner.function.endswith(">")


def _descend(facts: ProcessFacts, paths: list[Path], depth: int, reading: Reading) -> list[Group]:
    total = sum(piece.length for piece, _, _ in paths)
    by_line: dict[tuple[str, int], list[Path]] = {}
    for path in paths:
        site = path[2][path[1][min(depth, len(path[1]) - 1)]]
        by_line.setdefault((site.file, site.line), []).append(path)
    ranked = sorted(by_line.values(), key=lambda group: -sum(piece.length for piece, _, _ in group))
    if sum(piece.length for piece, _, _ in ranked[0]) >= DOMINANT * total:
        deeper = [path for path in ranked[0] if len(path[1]) > depth + 1]
        if deeper and sum(piece.length for piece, _, _ in deeper) >= DOMINANT * total:
            return _descend(facts, paths, depth + 1, reading)
        made = _group(ranked[0], paths, depth)
        made.loop = _turning(ranked, paths, reading.loop_around) if depth == 0 else None
        return [made]
    users = any(facts.origins.is_user(path[2][path[1][0]]) for path in paths)
    loop = _shared_loop(ranked, depth, reading.loop_around) if users else None
    back = users and depth > 0 and _called_back(paths, depth, reading)
    if users and not back and _stays(paths, depth) >= PHASE_S and (loop is None or _is_phased(paths, depth)):
        return [made for group in ranked for made in _descend(facts, group, depth, reading)]
    made = _group(ranked[0], paths, max(depth - 1, 0))
    made.loop = loop if depth == 0 else None
    return [made]


def _called_back(paths: list[Path], depth: int, reading: Reading) -> bool:
    """Whether what shares the time is one plain function that a library calls (a validator, a key to sort by).

    It is called often as a rule, and a sample that had to wait for the GIL shows only one of its lines for all that.
    """
    inner = [path for path in paths if len(path[1]) > depth]
    sites = [_site(path, depth) for path in inner]
    called = {(site.file, site.function) for site in sites}
    through = all(own[depth - 1] - own[depth] > 1 for _, own, _ in inner)
    return len(called) == 1 and through and not reading.is_async(sites[0])


def _turning(ranked: list[list[Path]], paths: list[Path], loop_around: LoopAround) -> int | None:
    """The loop that came back to the hottest line in the midst of a step: no single call took all that time."""
    site = _site(ranked[0][0], 0)
    visits = _visits(paths, 0)
    returned = any(
        before == after != between and before[0] == between[0]
        for before, between, after in zip(visits, visits[1:], visits[2:], strict=False)
    )
    others = [_site(group[0], 0) for group in ranked[1:]] if returned else []
    found = [
        loop_around(site.file, {site.line, other.line})
        for other in others
        if (other.file, other.function) == (site.file, site.function)
    ]
    return max((line for line in found if line is not None), default=None)


def _shared_loop(ranked: list[list[Path]], depth: int, loop_around: LoopAround) -> int | None:
    """The loop that holds the lines on which nearly all of the time was spent."""
    total = sum(piece.length for group in ranked for piece, _, _ in group)
    sites: list[Site] = []
    spent = 0.0
    for group in ranked:
        sites.append(_site(group[0], depth))
        spent += sum(piece.length for piece, _, _ in group)
        if spent >= DOMINANT * total:
            break
    if len({(site.file, site.function) for site in sites}) > 1:
        return None
    return loop_around(sites[0].file, {site.line for site in sites})


def _site(path: Path, depth: int) -> Site:
    _, own, stack = path
    return stack[own[min(depth, len(own) - 1)]]


def _group(named: list[Path], paths: list[Path], depth: int) -> Group:
    _, own, stack = max(named, key=lambda path: path[0].length)
    index = own[min(depth, len(own) - 1)]
    return Group(stack[index], stack, index, [piece for piece, _, _ in paths])


def _stays(paths: list[Path], depth: int) -> float:
    """Mean seconds that one line at `depth` is stayed at before another one follows in the same step."""
    visits = _visits(paths, depth)
    changes = sum(here != before for before, here in zip(visits, visits[1:], strict=False)) + 1
    return sum(piece.length for piece, _, _ in paths) / changes


def _is_phased(paths: list[Path], depth: int) -> bool:
    """Whether the lines follow one another, instead of changing as samples of a fast loop do by chance."""
    visits = _visits(paths, depth)
    within = [(one, other) for one, other in zip(visits, visits[1:], strict=False) if one[0] == other[0]]
    shares = [count / len(visits) for count in Counter(visit[1:] for visit in visits).values()]
    by_chance = len(within) * (1 - sum(share * share for share in shares))
    return sum(one != other for one, other in within) <= PHASED * by_chance


def _visits(paths: list[Path], depth: int) -> list[tuple[int, str, int]]:
    """(step, file, line) of each piece in the order of time."""
    made = []
    for path in sorted(paths, key=lambda path: path[0].start):
        site = _site(path, depth)
        made.append((path[0].step, site.file, site.line))
    return made


def _by_line(
    facts: ProcessFacts, pieces: Sequence[Piece], choose: Callable[[tuple[Site, ...]], int | None]
) -> list[Group]:
    made: dict[tuple[str, int], Group] = {}
    longest: dict[tuple[str, int], float] = {}
    for piece in pieces:
        stack = facts.stack(piece.stack)
        index = choose(stack)
        if index is None:
            continue
        site = stack[index]
        key = (site.file, site.line)
        group = made.setdefault(key, Group(site, stack, index, []))
        group.pieces.append(piece)
        if piece.length > longest.get(key, 0.0):
            longest[key] = piece.length
            group.stack, group.index, group.site = stack, index, site
    return list(made.values())


def stretches(group: Group) -> list[float]:
    """The lengths of the separate holds of a group.

    A call made directly by the named line is counted by its blocked pieces (each is one call); of everything else
    it is only known in which steps it happened, each of which is one hold.
    """
    made: dict[tuple[int, int, int], float] = {}
    for number, piece in enumerate(sorted(group.pieces, key=lambda piece: (piece.thread, piece.start))):
        separate = group.index == 0 and piece.kind is Kind.BLOCKED
        key = (piece.thread, piece.step, number if separate else -1)
        made[key] = made.get(key, 0.0) + piece.length
    return list(made.values())


def _is_node_loading(site: Site) -> bool:
    """Whether a frame of Node.js loads a module; what it bundles (undici) has a `require` of its own."""
    return site.file.startswith(NODE_LOADS) or (
        site.file.startswith("node:") and site.function == "__require"
    )


def is_import(facts: ProcessFacts, stack: Sequence[Site]) -> bool:
    """Whether a stack stands inside the import system above any of the user's lines that called it, or in the
    agent's own work when a library is imported."""
    for site in stack:
        if "/_asyncwhy_agent/" in site.file or _is_node_loading(site):
            return True
        if site.file.startswith("<frozen importlib") and site.function.endswith(
            ("_find_and_load", "_load_unlocked")
        ):
            return True
        if facts.origins.of(site.file) is Origin.USER and not site.function.startswith("<module>"):
            return False
    return False
