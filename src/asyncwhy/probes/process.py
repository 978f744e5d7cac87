"""What Linux tells of a process that runs already: whether it can be attached to, and which ports it listens on."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from asyncwhy.errors import CannotAttach, ProgramNotFound

SIGUSR1 = 1 << 9  # its bit in the masks of /proc/PID/status
_LISTENING = "0A"  # `st` of /proc/net/tcp: TCP_LISTEN of Linux's net/tcp_states.h
_INSPECT = re.compile(r"--(?:inspect(?:-brk|-wait)?(?:-port)?|debug-port)=(?:\S*:)?(\d+)(?:\s|$)")


@dataclass(frozen=True)
class Process:
    """One process, as it was when it was looked at; `begun` tells it from a later one of the same number."""

    pid: int
    begun: str
    executable: str
    command: tuple[str, ...]
    user: int
    caught: int  # the mask of the signals that it has handlers for
    options: str  # its NODE_OPTIONS

    @property
    def inspector_port(self) -> int:
        """The port on which its inspector is or would be; 0 where any will do."""
        found = _INSPECT.findall(" ".join((self.options, *self.command)))
        return int(found[-1]) if found else 9229

    def lives(self) -> bool:
        """Whether it has not ended."""
        return _stat(self.pid) == self.begun

    def waits_for_events(self) -> bool:
        """Whether its main thread stands where an idle event loop stands."""
        with suppress(OSError):
            return "poll" in Path(f"/proc/{self.pid}/wchan").read_text()
        return False


def look(pid: int) -> Process:
    """The process of that number; raises `ProgramNotFound`, and `CannotAttach` where it may not be looked at."""
    if not Path("/proc/self/status").exists():
        raise CannotAttach("attaching needs Linux: it reads /proc")
    begun = _stat(pid)
    if not begun:
        raise ProgramNotFound(f"there is no process {pid}")
    try:
        status = dict(
            line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines() if ":" in line
        )
        user = int(status["Uid"].split()[1])
        if os.geteuid() not in {0, user}:
            raise CannotAttach(f"process {pid} belongs to another user ({user}): attach as that user")
        return Process(
            pid=pid,
            begun=begun,
            executable=Path(f"/proc/{pid}/exe").readlink().name.removesuffix(" (deleted)"),
            command=tuple(_words(pid, "cmdline")),
            user=user,
            caught=int(status["SigCgt"], 16),
            options=next((w[13:] for w in _words(pid, "environ") if w.startswith("NODE_OPTIONS=")), ""),
        )
    except PermissionError:
        raise CannotAttach(f"process {pid} may not be looked at: attach as its user, or as root") from None
    except (OSError, KeyError, ValueError):
        raise ProgramNotFound(f"process {pid} has just ended") from None


def ports_of(pid: int) -> set[int]:
    """The ports that it listens on, in its own network."""
    own = set()
    with suppress(OSError):
        for entry in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(OSError):
                own.add(str(entry.readlink()))
    return {port for port, inode in _listening(pid).items() if f"socket:[{inode}]" in own}


def is_taken(pid: int, port: int) -> bool:
    """Whether somebody listens on that port in the network of the process."""
    return port in _listening(pid)


def owner_of(port: int) -> str:
    """Who listens on a port, in words, as far as we may know."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and port in ports_of(int(entry.name)):
            return f"process {entry.name}"
    return "another process"


def _listening(pid: int) -> dict[int, str]:
    """The inode of the socket that listens on each port."""
    found = {}
    for name in ("tcp", "tcp6"):
        with suppress(OSError):
            for line in Path(f"/proc/{pid}/net/{name}").read_text().splitlines()[1:]:
                fields = line.split()
                if fields[3] == _LISTENING:
                    found[int(fields[1].rpartition(":")[2], 16)] = fields[9]
    return found


def _stat(pid: int) -> str:
    """When it began, in clock ticks since the machine did; empty where there is none, or it has ended."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    fields = text.rpartition(")")[2].split()
    return "" if fields[0] in "ZX" else fields[19]


def _words(pid: int, name: str) -> list[str]:
    text = Path(f"/proc/{pid}/{name}").read_bytes().decode("utf-8", "surrogateescape")
    return [word for word in text.split("\0") if word]
