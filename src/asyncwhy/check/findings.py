"""Drafts to findings: sites with the columns of people, the path in words, the lines that are shown."""

from __future__ import annotations

from asyncwhy.check.calling import Place
from asyncwhy.check.draft import Draft
from asyncwhy.check.files import decoded
from asyncwhy.check.project import Project
from asyncwhy.check.values import Function
from asyncwhy.model import Effects, Evidence, Finding, Related, Remedy, Safety, Site

_HOW = {"async def": "which the loop runs"}
_THREADS = frozenset(
    {"to_thread", "run_in_executor", "submit", "Thread", "Timer", "run_sync", "run_in_threadpool"}
)


def _runs(how: str) -> str:
    """Who runs an entry point, in words."""
    if how in _THREADS:
        return f"which `{how}` sends to a thread"
    return _HOW.get(how, f"which the loop runs by `{how}`")


class Wording:
    """Makes findings; keeps the lines that they stand on in `sources`."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.sources: dict[str, dict[int, str]] = {}
        self._texts: dict[str, list[str]] = {}

    def forget(self, path: str) -> None:
        """A file has another text now."""
        self._texts.pop(path, None)

    def finding(self, draft: Draft) -> Finding:
        """A draft in words."""
        site = self.site(draft.place)
        outer = draft.path[draft.path.index(draft.place) + 1 :] if draft.place in draft.path else ()
        related = [Related("called from", self.site(place)) for place in outer]
        entry, how = self._entry(draft)
        if related:
            last = related[-1]
            related[-1] = Related(last.role, last.site, f"in {entry}, {how}")
        others = (
            [
                Related("also reached from", self.site(place))
                for function, (_, place) in draft.entries.items()
                if place != draft.path[-1]
            ]
            if draft.path
            else []
        )
        others.sort(key=lambda part: (part.site.file, part.site.line))
        where = f"in {entry}, {how}" if not related and entry else ""
        count = max(len(draft.entries), 1)
        more = f" ({count} entry points)" if count > 1 else ""
        return Finding(
            cause=draft.cause,
            site=site,
            call=draft.call,
            operation=draft.operation,
            inside_library=draft.library,
            stack=tuple(self.site(place) for place in draft.path or (draft.place,)),
            started_by=None,
            related=(*related, *others),
            victims=(),
            count=count,
            cost_s=None,
            gain_s=None,
            possible_s=None,
            effects=Effects(),
            evidence=Evidence.STATIC,
            message=f"{draft.headline}{more}",
            remedies=(Remedy(draft.help, Safety.SKETCH),) if draft.help else (),
            headline=draft.headline,
            label=f"{draft.label}{', ' if draft.label and where else ''}{where}",
        )

    def _entry(self, draft: Draft) -> tuple[str, str]:
        """What runs it, and how that comes to be on the loop."""
        if not draft.entries:
            return "", ""
        outermost = draft.path[-1] if draft.path else draft.place
        for function, (how, place) in draft.entries.items():
            if place == outermost:
                return f"`{self._name(function)}`", _runs(how)
        function, (how, _) = next(iter(draft.entries.items()))
        return f"`{self._name(function)}`", _runs(how)

    def _name(self, function: Function) -> str:
        return self.project.known(function.path).functions[function.index].qualname

    def site(self, place: Place) -> Site:
        """A place with columns that count characters from 1."""
        text = self._line(place.path, place.line)
        self.sources.setdefault(place.path, {})[place.line] = text
        function = self.project.known(place.path).functions[place.function]
        if function.line != place.line and place.function:
            self.sources[place.path][function.line] = self._line(place.path, function.line)
        end = _characters(text, place.end_column) if place.end_line == place.line else len(text.rstrip())
        return Site(place.path, place.line, _characters(text, place.column) + 1, function.qualname, end + 1)

    def _line(self, path: str, number: int) -> str:
        lines = self._texts.get(path)
        if lines is None:
            try:
                lines = decoded(self.project.content(path)).splitlines()
            except (OSError, ValueError, SyntaxError):
                lines = []
            self._texts[path] = lines
        return lines[number - 1] if 0 < number <= len(lines) else ""


def _characters(text: str, column: int) -> int:
    """A column of `ast`, in bytes of UTF-8, as characters."""
    return (
        column if text.isascii() else len(text.encode("utf-8", "replace")[:column].decode("utf-8", "ignore"))
    )
