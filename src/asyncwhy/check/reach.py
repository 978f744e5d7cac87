"""From what the event loop runs to what blocks: the call graph, explored from its roots, and the paths back."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from asyncwhy.check.calling import Calling, Node, Place
from asyncwhy.check.values import Function

#: Frames deep within installed packages that are followed.
MOST_FOREIGN = 12


class Graph:
    """The functions reached so far; several graphs may share what their functions do."""

    def __init__(self, calling: Calling) -> None:
        self.project = calling.project
        self.calling = calling
        self.nodes: dict[Function, Node] = {}
        self.callers: dict[Function, list[tuple[Place, Function]]] = {}
        self.roots: dict[Function, str] = {}

    def explore(self, roots: dict[Function, str]) -> None:
        """Add the roots and all that they enter."""
        self.roots.update(roots)
        reached: dict[Function, None] = dict.fromkeys(roots)
        waiting: deque[tuple[Function, int]] = deque((root, 0) for root in roots)
        while waiting:
            function, foreign = waiting.popleft()
            node = self.nodes[function] = self.calling.node(function)
            for target in node.starts:
                if target not in reached:
                    reached[target] = None
                    self.roots[target] = "async def"
                    waiting.append((target, 0))
            for place, target in node.edges:
                if target not in reached:
                    depth = 0 if target.path in self.project.packed else foreign + 1
                    if depth > MOST_FOREIGN:
                        continue
                    reached[target] = None
                    waiting.append((target, depth))
                self.callers.setdefault(target, []).append((place, function))

    def roots_of(self, start: Function) -> Iterator[tuple[Function, tuple[Place, ...]]]:
        """Every root from which a function is entered, with the shortest path to it, the nearest root first."""
        queue: deque[tuple[Function, tuple[Place, ...]]] = deque([(start, ())])
        seen = {start}
        while queue:
            function, path = queue.popleft()
            if function in self.roots:
                yield function, path
                continue
            for place, caller in self.callers.get(function, ()):
                if caller not in seen:
                    seen.add(caller)
                    queue.append((caller, (*path, place)))
