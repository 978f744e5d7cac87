"""What the system knows of a thread: its CPU clock, and how long it stood ready in the run queue, in nanoseconds."""

from __future__ import annotations

from . import primitives as p


class Clocks:
    """Of the threads that are asked about; where the system does not tell, the report says so."""

    def __init__(self, installation, native):
        self.installation = installation
        self._queued = native.queued if native else _queued
        self.known = {}  # thread -> clock

    def cpu(self, thread):
        """The CPU clock of a thread that has a frame, read under the GIL: so it cannot have ended."""
        clock = self.known.get(thread)
        if clock is not None:
            try:
                return p.clock_gettime_ns(clock)
            except OSError:
                pass  # another thread has the identity of one that ended
        try:
            clock = p.cpu_clock_of(thread)
            time = p.clock_gettime_ns(clock)
        except (OSError, TypeError) as error:
            self.forget(thread)
            self.installation.lacking_once("CPU clocks of threads", error)
            return 0
        self.known[thread] = clock
        return time

    def native(self, thread):
        """The system's number of a thread whose clock was read, else 0."""
        clock = self.known.get(thread)
        # glibc: a thread's clock id is its inverted system id, shifted by three bits.
        return 0 if clock is None else ~(clock >> 3)

    def delay(self, thread):
        """How long it stood ready in the run queue; 0 where that is not told.

        A busy machine makes a computing thread look as if it slept, but for this.
        """
        native = self.native(thread)
        try:
            return self._queued(native) if native else 0
        except (OSError, ValueError, IndexError):
            return 0  # it has ended, or nobody is told: see `own_delay`

    def own_delay(self, native):
        """The same of the thread that asks, which has not ended."""
        try:
            return self._queued(native)
        except (OSError, ValueError, IndexError) as error:
            self.installation.lacking_once("waiting for a processor core", error)
            return 0

    def forget(self, thread):
        self.known.pop(thread, None)

    def clear(self):
        self.known.clear()


def _queued(native):
    descriptor = p.open_file("/proc/self/task/%d/schedstat" % native, p.READ_FLAGS)
    try:
        return int(p.read_file(descriptor, 64).split()[1])
    finally:
        p.close_file(descriptor)
