"""Private copies of the functions the agent uses, bound before user code can patch them.

`freezegun`, `gevent` and tests replace `time.sleep` or `os.write`; the agent must not follow them.
Times are nanoseconds of CLOCK_MONOTONIC, which all processes of a machine share.
"""

from __future__ import annotations

import _signal
import _thread
import _weakref
import binascii
import gc
import posix
import sys
import time
from array import array
from itertools import count, islice

try:
    from resource import RLIMIT_FSIZE as FILE_SIZE
    from resource import getrlimit as limit_of
except ImportError:
    FILE_SIZE, limit_of = 0, None

clock = time.monotonic_ns
sleep = time.sleep
thread_cpu = time.thread_time_ns
clock_gettime_ns = time.clock_gettime_ns
cpu_clock_of = getattr(time, "pthread_getcpuclockid", None)
wall_clock = time.time_ns

identity = id
weak = _weakref.ref
type_of = type
referents = gc.get_referents
ident = _thread.get_ident
native_id = _thread.get_native_id
start_thread = _thread.start_new_thread
new_lock = _thread.allocate_lock
acquire = _thread.LockType.acquire  # what looks for blocking calls replaces the type's own

current_frames = sys._current_frames
get_frame = sys._getframe

open_file = posix.open
write_file = posix.write
close_file = posix.close
cut_file = posix.ftruncate
read_file = posix.read
read_at = posix.pread
target_of = posix.readlink
machine = posix.uname().machine
rename_file = posix.rename
status_of = posix.stat
open_status = posix.fstat
READ_FLAGS = posix.O_RDONLY | posix.O_CLOEXEC
process_id = posix.getpid
parent_id = posix.getppid
times = posix.times
list_folder = posix.listdir
OPEN_FLAGS = posix.O_WRONLY | posix.O_APPEND | posix.O_CREAT | posix.O_CLOEXEC

crc32 = binascii.crc32
signal_handler = _signal.getsignal
SIGNALS = _signal.NSIG


def nanoseconds(seconds):
    """Of the program's own seconds, which may be endless or no number: within thirty years."""
    return int(min(max(seconds, -1e9), 1e9) * 1e9) if seconds == seconds else 0


__all__ = [
    "FILE_SIZE", "OPEN_FLAGS", "READ_FLAGS", "SIGNALS", "acquire", "array", "clock", "clock_gettime_ns", "close_file", "count",
    "cpu_clock_of", "crc32", "current_frames", "cut_file", "get_frame", "ident", "identity", "islice", "limit_of", "list_folder",
    "machine", "nanoseconds", "native_id", "new_lock", "open_file", "open_status", "parent_id", "process_id",
    "read_at", "read_file", "referents", "rename_file", "signal_handler", "sleep", "start_thread", "status_of", "target_of",
    "thread_cpu", "times", "type_of", "wall_clock", "weak",
    "write_file",
]  # fmt: skip
