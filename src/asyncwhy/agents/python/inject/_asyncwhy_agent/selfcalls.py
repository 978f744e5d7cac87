"""A loop's thread that waits for the network: is whom it asks a server of that very loop, which cannot answer?

Read from `/proc`, once for each long wait: the socket that the thread waits for, the other end of its connection, and
whether the loop watches that end, or the socket at which it has not been accepted yet.  Nothing of it is recorded
but the moment.  Where `/proc` does not tell it, as for a loop without a selector of Python's, nothing is said.
"""

from __future__ import annotations

from . import primitives as p

#: A thread that has not moved for this long is asked, once for each wait...
LONG_NS = 50_000_000
#: ...and so often in all: the system takes about 5 ms to write out its table of connections, however short.
MOST = 50
MOST_BYTES = 1 << 20
#: Per machine, the numbers of the system calls that wait for one socket: (its number first, a list of them first).
X86_64 = ((0, 1, 42, 44, 45, 46, 47), (7, 271))
AARCH64 = ((63, 64, 203, 206, 207, 211, 212), (73,))
CALLS = {"x86_64": X86_64, "aarch64": AARCH64}.get(p.machine, ((), ()))
TABLES = ("/proc/self/net/tcp", "/proc/self/net/tcp6")
LISTENING = "0A"
#: IPv4 in the table of IPv6.
MAPPED = "0000000000000000FFFF0000"


class SelfCalls:
    """`watched` has for the thread of each running loop what its selector watches, by descriptor."""

    def __init__(self, recorder, watched):
        self.recorder = recorder
        self.watched = watched
        self.asked = {}  # thread -> when the wait began about which it was last asked
        self.looks = 0

    def begin_anew(self):
        self.asked.clear()
        self.looks = 0

    def look(self, thread, native, began, now):
        """Note it if the thread, which has not moved since `began`, waits for its own loop."""
        watched = self.watched.get(thread)
        # Every loop watches the socket that wakes it.
        if (
            watched is None
            or len(watched) < 2
            or now - began < LONG_NS
            or self.asked.get(thread) == began
            or self.looks >= MOST
        ):
            return
        self.asked[thread] = began
        self.looks += 1
        try:
            socket = _inode(_waits_for(native))
            ends = _other_ends(socket) if socket else ()
            if ends and any(_inode(descriptor) in ends for descriptor in list(watched)):
                self.recorder.event("own-server", thread=thread)
        except (OSError, ValueError, IndexError, OverflowError):
            pass  # it has gone on, or the system does not say


def _waits_for(native):
    """The descriptor for which a thread waits in a system call, or -1."""
    fields = _read("/proc/self/task/%d/syscall" % native, 256).split()
    by_number, by_list = CALLS
    call = int(fields[0])
    if call in by_number:
        return int(fields[1], 16)
    if call not in by_list or int(fields[2], 16) != 1:
        return -1
    memory = p.open_file("/proc/self/mem", p.READ_FLAGS)
    try:
        return int.from_bytes(p.read_at(memory, 4, int(fields[1], 16)), "little")
    finally:
        p.close_file(memory)


def _inode(descriptor):
    """The number of the socket that a descriptor is of, or an empty text."""
    try:
        target = p.target_of("/proc/self/fd/%d" % descriptor)
    except OSError:
        return ""
    return target[8:-1] if target.startswith("socket:[") else ""


def _other_ends(socket):
    """The sockets of this machine that must act for whoever waits at `socket`: its other end, or where others listen
    until they have accepted it."""
    rows = [row for table in TABLES for row in _rows(table)]
    for own, peer, _, inode in rows:
        if inode == socket:
            ends = {row[3] for row in rows if row[0] == peer and row[1] == own} - {"0", socket}
            port = peer.rpartition(":")[2]
            anywhere = ("00000000:" + port, 32 * "0" + ":" + port)
            return ends or {row[3] for row in rows if row[2] == LISTENING and row[0] in (peer, *anywhere)}
    return set()


def _rows(table):
    """(own address, peer's address, state, number of the socket) of every connection."""
    for line in _read(table, MOST_BYTES).splitlines()[1:]:
        fields = line.split()
        if len(fields) > 9:
            yield _plain(fields[1]), _plain(fields[2]), fields[3], fields[9]


def _plain(address):
    return address[len(MAPPED) :] if address[: len(MAPPED)] == MAPPED else address


def _read(path, most):
    descriptor = p.open_file(path, p.READ_FLAGS)
    try:
        parts, size = [], 0
        while size < most:
            part = p.read_file(descriptor, 65536)
            if not part:
                break
            parts.append(part)
            size += len(part)
        return b"".join(parts).decode()
    finally:
        p.close_file(descriptor)
