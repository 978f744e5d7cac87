"""Strings, sites and stacks, each written once and then named by a number.

No locks: hooks run in any thread, inside signal handlers and inside finalizers.  Two threads that meet a
new stack at the same moment give it two numbers; both are written, and nothing depends on there being one.
Code objects are kept alive by the tables, since `id(code)` is their key.  All tables are bounded; what
comes after the bound gets number 0 (*not recorded*) and is counted.
"""

from __future__ import annotations

from . import primitives as p

MOST = 100_000
DEPTH = 40


class Interner:
    """number() for names, site() for places, stack() for frames; `take()` hands the new ones over."""

    def __init__(self):
        self._numbers = p.count(1)
        self._strings = {}
        self._sites = {}
        self._stacks = {}
        self._codes = []
        self.new_strings = []
        self.new_sites = []
        self.new_stacks = []
        self.refused = 0
        self.ends = set()  # id(code) of frames below which there is only the loop's own machinery
        self.hidden = set()  # id(code) of the agent's own frames

    def string(self, text):
        number = self._strings.get(text)
        if number is None:
            if len(self._strings) >= MOST:
                self.refused += 1
                return 0
            number = self._strings[text] = next(self._numbers)
            self.new_strings.append((number, text))
        return number

    def site(self, code, lasti):
        """The place of instruction `lasti` in `code`; lasti -1 is the definition itself."""
        key = (p.identity(code), lasti)
        number = self._sites.get(key)
        if number is None:
            if len(self._sites) >= MOST:
                self.refused += 1
                return 0
            self._codes.append(code)
            number = self._sites[key] = next(self._numbers)
            name = getattr(code, "co_qualname", None) or code.co_name
            line, column, end_line, end_column = position(code, lasti)
            row = (
                number,
                self.string(code.co_filename),
                self.string(name),
                line,
                column,
                end_line,
                end_column,
            )
            self.new_sites.extend(row + (code.co_firstlineno,))
        return number

    def named(self, name):
        """The place of a function that has no Python code."""
        number = self._sites.get(name)
        if number is None:
            if len(self._sites) >= MOST:
                return 0
            number = self._sites[name] = next(self._numbers)
            self.new_sites.extend((number, 0, self.string(name), 0, 0, 0, 0, 0))
        return number

    def stack(self, frame, ends=None):
        """The number of the stack that begins at `frame`, innermost first, down to the loop's machinery: the frames
        of `ends`, or of the interner's own."""
        key = []
        walk = frame
        ends, hidden = self.ends if ends is None else ends, self.hidden
        while walk is not None and len(key) < 2 * DEPTH:
            code = p.identity(walk.f_code)
            if code in ends:
                break
            if code not in hidden:
                key.append(code)
                key.append(walk.f_lasti)
            walk = walk.f_back
        key = tuple(key)
        return self._stacks.get(key) or self._new_stack(key, frame)

    def _new_stack(self, key, frame):
        places = []
        wanted = len(key) // 2
        while frame is not None and len(places) < wanted:
            if p.identity(frame.f_code) not in self.hidden:
                places.append((frame.f_code, frame.f_lasti))
            frame = frame.f_back
        return self.places(key, places)

    def captured(self, told):
        """The number of a stack told as (code, lasti, code, lasti, ...), innermost first: the same as of its frames."""
        key, places = [], []
        for at in range(0, len(told), 2):
            code, lasti = told[at], told[at + 1]
            if p.identity(code) in self.ends or len(key) >= 2 * DEPTH:
                break
            if p.identity(code) not in self.hidden:
                key += (p.identity(code), lasti)
                places.append((code, lasti))
        return self.places(tuple(key), places)

    def told(self, told):
        """The same of all that is told, whatever stands there."""
        places = [(told[at], told[at + 1]) for at in range(0, len(told), 2)]
        key = tuple([part for code, lasti in places for part in (p.identity(code), lasti)])
        return self.known(key) or self.places(key, places)

    def known(self, key):
        """The number of a stack that was met before, or None."""
        return self._stacks.get(key)

    def places(self, key, places):
        """The number of a stack given as (code, lasti) pairs, under a key that names it."""
        number = self._stacks.get(key)
        if number is None:
            if len(self._stacks) >= MOST:
                self.refused += 1
                return 0
            sites = [self.site(code, lasti) for code, lasti in places]
            number = self._stacks[key] = next(self._numbers)
            self.new_stacks.extend((number, len(sites)))
            self.new_stacks.extend(sites)
        return number

    def take(self):
        """What is new since the last call, as (strings, sites, stacks)."""
        return _take(self.new_strings), _take(self.new_sites), _take(self.new_stacks)


def _take(rows):
    # Slicing and deleting are one instruction each under the GIL: what arrives between them stays.
    length = len(rows)
    taken = rows[:length]
    del rows[:length]
    return taken


def position(code, lasti):
    """(line, column, end line, end column) of an instruction, counting from 1; 0 where unknown."""
    if lasti < 0:
        return code.co_firstlineno, 0, 0, 0
    positions = getattr(code, "co_positions", None)
    if positions is not None:
        for line, end_line, column, end_column in p.islice(positions(), lasti // 2, lasti // 2 + 1):
            if line is not None:
                return line, _from_one(column), end_line or 0, _from_one(end_column)
    return _line(code, lasti), 0, 0, 0


def _from_one(column):
    return 0 if column is None else column + 1


def _line(code, lasti):
    found = code.co_firstlineno
    if hasattr(code, "co_lines"):
        for start, end, line in code.co_lines():
            if line and start <= lasti < end:
                return line
        return found
    offset, line = 0, code.co_firstlineno
    table = code.co_lnotab
    for index in range(0, len(table), 2):
        offset += table[index]
        if offset > lasti:
            break
        step = table[index + 1]
        line += step - 256 if step >= 128 else step
        found = line
    return found
