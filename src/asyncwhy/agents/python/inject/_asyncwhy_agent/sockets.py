"""A program that talks to itself: which write made which socket of the same process readable.

Tests, examples and load generators often stand in the process of their server.  Without this the answer that a
client waits for would seem to come from outside.  Only connections between addresses of one host are noted; one that
brings something while its other end is not known has that in another process, and is forgotten.
"""

from __future__ import annotations

from . import primitives as p
from .safety import peek
from .twin import Unsuitable, twin

#: Connections, and connects under way, remembered at most.
MOST = 10_000

WROTE, READ, PAIRED, MADE, CLOSED = 1, 2, 3, 4, 5

HERE = """
__aw_number = __aw_near(__aw_id(self))
if __aw_number is not None: __aw_traffic((__aw_clock(), __aw_number, %d, 0, __aw_ident()))
"""
#: By then whoever wrote was connected here, or is elsewhere.
BROUGHT = (
    (HERE % READ).rstrip().replace("None:", "None:\n   ")
    + """
    if __aw_number in __aw_alone: __aw_forget(self)
"""
)
#: A transport is closed once, and its id may then be another's.
ENDED = HERE.replace("__aw_id(self)", "__aw_id(self), None") % CLOSED
#: How a transport writes, by Python's version: at once, or what the system would not take at once.
WRITES = ("write", "writelines", "write_eof", "_write_ready", "_write_send", "_write_sendmsg")


SENDS = "if fn in __aw_sends: __aw_moved(self, %d)" % WROTE
WOKEN = "if fn in __aw_receives: __aw_moved(self, %d, True)" % READ


class SocketHooks:
    """Installs the twins in asyncio's selector loops, and in trio's sockets."""

    def __init__(self, recorder, installation):
        self.recorder = recorder
        self.installation = installation
        self.near = {}  # id of a transport -> its number
        self.addresses = {}  # (its own, its peer's) -> number, of those whose other end is not known
        self.alone = {}  # number -> the key in `addresses`
        self.connecting = {}  # id of a socket -> when its connect began

    def begin_anew(self):
        """In a forked child: the parent's numbers mean nothing here."""
        for table in (self.near, self.addresses, self.alone, self.connecting):
            table.clear()

    def install(self, module):
        guard = self.installation.harmless
        connected = guard(self._connected)

        def seen(made, sock):
            connected(made, sock)
            return made

        names = {"__aw_seen": seen}
        loop, transport = module.BaseSelectorEventLoop, module._SelectorSocketTransport
        self._twin(loop, "_make_socket_transport", names, on_return="__aw_seen(__aw_value, sock)")
        names = {"__aw_connecting": guard(self._connecting)}
        self._twin(loop, "_sock_connect", names, before="__aw_connecting(sock)")
        names = {
            "__aw_id": p.identity,
            "__aw_near": self.near.get,
            "__aw_traffic": self.recorder.by_name["traffic"].extend,
            "__aw_clock": p.clock,
            "__aw_ident": p.ident,
            "__aw_alone": self.alone,
            "__aw_forget": guard(self._forget),
        }
        self._twin(transport, "_read_ready", names, before=BROUGHT)
        for name in WRITES:
            if name in transport.__dict__:
                self._twin(transport, name, names, before=HERE % WROTE)
        names = dict(names, __aw_near=self.near.pop)
        self._twin(module._SelectorTransport, "_call_connection_lost", names, last=ENDED)

    def install_trio(self, module):
        """Into `trio._socket`: a task of its own reads what a callback of asyncio's would."""
        kind, plain = module._SocketType, module._stdlib_socket.socket
        guard = self.installation.harmless
        accepted = guard(self._accepted)

        def seen(made):
            accepted(made)
            return made

        names = {
            "__aw_sends": frozenset((plain.send, plain.sendmsg)),
            "__aw_receives": frozenset((plain.recv, plain.recv_into, plain.recvmsg)),
            "__aw_moved": guard(self._moved),
            "__aw_made": guard(self._made),
            "__aw_seen": seen,
        }
        self._twin(kind, "__init__", names, after="__aw_made(self)")
        self._twin(kind, "_nonblocking_helper", names, before=SENDS, beside=(("wait_fn", "", WOKEN),))
        self._twin(kind, "connect", names, beside=(("self._sock.connect", "__aw_moved(self, 0)", ""),))
        self._twin(kind, "accept", names, on_return="__aw_seen(__aw_value)")

    def _twin(self, owner, name, names, **snippets):
        try:
            made = twin(owner.__dict__.get(name), names, **snippets)
        except Unsuitable as reason:
            self.installation.lacking("%s.%s" % (owner.__name__, name), reason)
        else:
            self.installation.put(owner, name, made)

    def _row(self, time, transport, what, other=0):
        self.recorder.by_name["traffic"].extend((time, transport, what, other, p.ident()))

    def _connecting(self, sock):
        if len(self.connecting) >= MOST:
            self.connecting.clear()
        self.connecting[p.identity(sock)] = p.clock()

    def _connected(self, transport, sock):
        key = p.identity(transport)
        self.near.pop(key, None)
        began = self.connecting.pop(p.identity(sock), 0)
        extra = peek(transport, "_extra")
        if p.type_of(extra) is not dict:
            return
        own, peer = extra.get("sockname"), extra.get("peername")
        if p.type_of(own) is not tuple or p.type_of(peer) is not tuple or own[0] != peer[0]:
            return
        self._bound()
        number = self.near[key] = next(self.recorder.numbers)
        now = p.clock()
        self._row(began or now, number, MADE, 1 if began else 0)
        self._pair(number, own, peer)

    def _pair(self, number, own, peer):
        other = self.addresses.pop((peer[:2], own[:2]), 0)
        if other:
            self.alone.pop(other, None)
            self._row(p.clock(), number, PAIRED, other)
        else:
            key = self.alone[number] = (own[:2], peer[:2])
            self.addresses[key] = number

    def _forget(self, transport):
        """The other end is in another process: nothing that goes through is ours to explain."""
        self._elsewhere(self.near.pop(p.identity(transport), 0))

    def _elsewhere(self, number):
        self.addresses.pop(self.alone.pop(number, None), None)

    def _bound(self):
        if len(self.near) >= MOST or len(self.addresses) >= MOST:
            for table in (self.near, self.addresses, self.alone):
                table.clear()

    # --- trio's ----------------------------------------------------------------------------------------

    def _made(self, sock):
        self.near.pop(p.identity(sock), None)

    def _accepted(self, made):
        """The connect of the other end woke who accepts, as what is written wakes who reads."""
        self._moved(made[0], READ)

    def _moved(self, sock, what, brought=False):
        """Something goes through a socket; `what` 0: it begins to connect, and its addresses are not known yet.

        `brought`: somebody has written, and was connected here by then, or is elsewhere.
        """
        key, now = p.identity(sock), p.clock()
        number = self.near.get(key)
        if number is None or (number < 0 and what):
            number = self._number(sock, number, what)
        if number:
            self._row(now, abs(number), what or WROTE)
        if brought and number in self.alone:
            self.near[p.identity(sock)] = 0
            self._elsewhere(number)

    def _number(self, sock, number, what):
        """The number of a connection within this host, else 0; negative until its addresses are known."""
        self._bound()
        if not what:
            number = -next(self.recorder.numbers)
        else:
            number = self._meet(sock, -number if number else 0)
        self.near[p.identity(sock)] = number
        return number

    def _meet(self, sock, number):
        try:
            own, peer = sock._sock.getsockname(), sock._sock.getpeername()
        except OSError:
            return 0
        if p.type_of(own) is not tuple or p.type_of(peer) is not tuple or own[0] != peer[0]:
            return 0
        number = number or next(self.recorder.numbers)
        self._pair(number, own, peer)
        return number
