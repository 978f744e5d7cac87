"""The sampler: a thread of its own that reads stacks, CPU clocks and its own lateness, and flushes.

It relies on nothing that the observed loops do.  A native call that keeps the GIL also keeps the sampler
from waking; how late it woke is recorded, and the frame that it then finds is still at that call (CPython
3.9 to 3.13, see `docs/agent.md`).

A sample that repeats the one before it (same stack, CPU clock not advanced) only lengthens it.  So a thread
that sleeps for an hour is one row, and each separate blocking call of one line is a row of its own, since a
thread cannot begin another call without using the CPU.

It is a raw thread: `threading.enumerate()` does not show it, and it never runs the program's code.
"""

from __future__ import annotations

from . import primitives as p
from .clocks import Clocks
from .forking import FORK_COUNTS_LATE, Unfounded
from .interpreters import frames_of
from .recorder import NEVER, OVERDUE
from .standing import Standing, captures_of

INTERVAL = 0.005
#: With the C recorder, while nothing but loops whose steps it sees runs: it looks every `INTERVAL`, without the GIL,
#: whether a step has lasted for this long (0.15 ms, below which `many-small-holds` does not begin)...
NOTABLE_NS = 150_000
#: ...and samples at the latest after this.
RELAXED_NS = 50_000_000
#: While nothing ran for 100 ticks the interval grows to this.
IDLE_INTERVAL = 0.02
PATIENCE = 100
FLUSH_NS = 200_000_000
#: The sampler may use this share of one core; with very many threads its interval grows.
SHARE = 0.02
#: A thread whose CPU clock advanced by less than this between two samples did not run (10 µs: waking up
#: and going back to sleep inside one `sem_wait` costs 1 to 4 µs here).
STILL = 10_000
#: From here on its own lateness is compared with what it stood in the system's run queue (1 ms).
NOTICED = 1_000_000
#: A busy machine explains a lateness of which less than this share, and less than 100 ms, were not in that queue.
BLAMED = 0.4
SURE = 100_000_000
#: Every so many ticks (50 ms) the task that runs most often is asked where it stands.
GLANCE_EVERY = 10
#: Threads read in one tick at most, beside those that run loops.
MOST_THREADS = 256


class Sampler:
    """Start with `start()`, end with `stop()`; between them `tick()` runs every few milliseconds."""

    def __init__(self, recorder, asyncio):
        self.recorder = recorder
        self.idle_codes = asyncio.idle_codes
        self.select_codes = asyncio.select_codes
        self.loops = asyncio.running  # threads in which a loop runs
        self.runs = {}  # thread -> [first, last, stack, cpu first, cpu last, late, count, frame key, delay]
        self.installation = asyncio.installation
        self.clocks = Clocks(self.installation, recorder.native)
        self.idle = {}  # thread of a loop -> [time, CPU clock, delay] when last seen idle
        self._undelayed = []  # (thread, row, index) whose delay is still to be read
        self._suspected = []  # runs in which the sampler was late: for want of the GIL, or of a core
        self._own_queued = 0  # how long this thread has stood in the system's run queue
        self.cpu_ns = 0
        self.ticks = 0
        self.running = False
        self._stopped = self._wake = None
        self._warning = None
        self._native = 0
        self._restless = 0
        self._busy = PATIENCE  # so many more ticks because threads without a loop ran
        self.watch = recorder.native.Watch() if recorder.native else None
        self.frames = frames_of(recorder.native, self.installation.lacking)
        self.captured = captures_of(recorder.native)
        self.glance = None  # called now and then while a loop runs
        self.forget = None  # called at every flush
        self.look = None  # called with a loop's thread that has not moved for a while

    def start(self):
        if self.running:
            return
        self._stopped, self._wake = p.new_lock(), p.new_lock()
        p.acquire(self._stopped)
        p.acquire(self._wake)
        self.running = True
        try:
            p.start_thread(self._loop, ())
        except Exception:
            self.running = False  # else `stop` would wait for it
            raise

    def stop(self):
        """Return when the thread is gone from the system's own list, or after 20 ms."""
        if not self.running:
            return
        self.running = False
        self._wake.release()
        if self.watch is not None:
            self.watch.wake()
        if self._warning is not None:
            self._warning = self._warning.withdraw()
        if not p.acquire(self._stopped, True, 1.0):
            return
        name = str(self._native)
        for _ in range(200):
            try:
                if name not in p.list_folder("/proc/self/task"):
                    return
            except OSError:
                return
            p.sleep(0.0001)

    def _loop(self):
        self._native = p.native_id()
        stopped = self._stopped
        own = p.ident()
        flushed = p.clock()
        interval = INTERVAL
        awaited = self.recorder.awaited
        try:
            while self.running:
                wanted = self._wait(int(interval * 1e9))
                now = p.clock()
                awaited[0] = now + OVERDUE  # it may lose the GIL again while it writes
                if not self.running:
                    break
                if self._warning is not None:
                    self._warning = self._warning.withdraw()
                used = self.tick(own, now, now - wanted)
                idle = self._restless == 0
                interval = max(IDLE_INTERVAL if idle else INTERVAL, used / 1e9 / SHARE)
                if now - flushed > FLUSH_NS or self.recorder.due():
                    self.recorder.refill(now - flushed)
                    self.flush()
                    flushed = now
                self.cpu_ns = p.thread_cpu()
        except Exception as error:
            self.installation.failed("sampler", error)  # nobody takes away what the hooks record
        finally:
            awaited[0] = NEVER
            stopped.release()

    def _wait(self, interval):
        """Wait for about `interval` nanoseconds; when the wait was over, but for the GIL."""
        awaited, watch, before = self.recorder.awaited, self.watch, p.clock()
        if watch is None:
            awaited[0] = before + interval + OVERDUE
            p.acquire(self._wake, True, interval / 1e9)
            return before + interval
        seen = self.loops and not self._busy and not self.recorder.unseen
        longest = max(RELAXED_NS, interval) if seen else interval
        awaited[0] = before + longest + OVERDUE
        return watch.wait(interval, longest, NOTABLE_NS)

    def tick(self, own, now, late):
        """Read every thread once; nanoseconds of CPU that it took."""
        begun = p.thread_cpu()
        self.ticks += 1
        late = max(late, 0)
        frames = self.frames()
        frames.pop(own, None)
        if len(frames) > MOST_THREADS:
            frames = self._chosen(frames)
        teller, told = self.captured()
        # One thread and no loop yet (start, imports): there is nothing to explain.
        nothing = not self.loops and len(frames) < 2
        for thread, frame in frames.items():
            place = told if thread == teller else Standing(frame, now)
            if nothing or self._is_idle(*place.codes()):
                self._end(thread)
                if thread in self.loops:
                    self._idle(thread, now)
            else:
                self._sample(thread, place, late)
                if thread not in self.loops:
                    self._busy = PATIENCE
        if len(self.runs) > len(frames):
            for thread in [thread for thread in self.runs if thread not in frames]:
                self._end(thread)
                self.clocks.forget(thread)
        # From here on the GIL may be lost: with a frame in hand, what the program drops would die on this thread.
        frame = frames = place = told = None
        self._after(late)
        used = p.thread_cpu() - begun
        if self.look is not None:
            self._look()  # rare, and bounded by itself
        return used

    def _chosen(self, frames):
        """Of very many threads those that run loops, the oldest (the main one), and the newest (CPython's order)."""
        self.installation.lacking_once("stacks of some threads", "more than %d ran at once" % MOST_THREADS)
        made = {thread: frames[thread] for thread in list(self.loops) if thread in frames}
        oldest = next(reversed(frames))
        made[oldest] = frames[oldest]
        made.update(p.islice(frames.items(), MOST_THREADS))
        return made

    def _look(self):
        for thread in list(self.loops):
            run, native = self.runs.get(thread), self.clocks.native(thread)
            if run is not None and native:
                self.look(thread, native, run[0], run[1])

    def _after(self, late):
        """What a tick does when it has let go of the frames."""
        for thread, row, index in self._undelayed:
            row[index] = self.clocks.delay(thread)
        self._undelayed.clear()
        if late > NOTICED or self.ticks % GLANCE_EVERY == 0:
            self._judge_late(late)
        if self.glance is not None and self.loops and (self.ticks % GLANCE_EVERY == 0 or not self._busy):
            self.glance()
        if self._restless:
            self._restless -= 1
        if self._busy:
            self._busy -= 1

    def _is_idle(self, code, below):
        if p.identity(code) in self.select_codes:
            # `subprocess.communicate` waits in a selector as well, and holds the loop.
            return below is not None and below.co_name == "_run_once"
        return p.identity(code) in self.idle_codes

    def _sample(self, thread, place, late):
        cpu = self.clocks.cpu(thread) if place.cpu is None else place.cpu
        run = self.runs.get(thread)
        if run is not None and cpu - run[4] < STILL:
            if run[7] == place.key or run[2] == place.stack(self.recorder.interner):
                run[1] = place.time
                run[4] = cpu
                run[6] += 1
                self._told_late(run, late)
                return
        else:
            self._restless = PATIENCE
        self._end(thread)
        idle = self.idle.pop(thread, None)
        if idle is not None:
            # The CPU clock when it last had nothing to do: without it the first stretch has no beginning.
            self.recorder.by_name["samples"].extend(
                (idle[0], idle[0], thread, 0, idle[1], idle[1], 0, 0, idle[2])
            )
        stack = place.stack(self.recorder.interner)
        self.runs[thread] = run = [place.time, place.time, stack, cpu, cpu, 0, 1, place.key, 0]
        self._told_late(run, late)
        self._undelayed.append((thread, run, 8))

    def _told_late(self, run, late):
        if late < OVERDUE:
            run[5] = max(run[5], late)
        else:
            self._suspected.append(run)

    def _judge_late(self, late):
        """Of what was found when the sampler was late, tell how late it was but for the system's run queue."""
        queued = self.clocks.own_delay(self._native)
        left = late - (queued - self._own_queued)
        self._own_queued = queued
        # Who waits for the GIL wakes every 5 ms to ask for it, and may have to queue for a core each time.
        if left < BLAMED * late and left < SURE:
            late = left
        for run in self._suspected:
            run[5] = max(run[5], late)
        self._suspected.clear()

    def _end(self, thread):
        run = self.runs.pop(thread, None)
        if run is not None:
            row = (run[0], run[1], thread, run[2], run[3], run[4], run[5], run[6], run[8])
            self.recorder.by_name["samples"].extend(row)

    def _idle(self, thread, now):
        before = self.idle.get(thread)
        cpu = self.clocks.cpu(thread)
        # The delay only matters from here on, and only if the thread ran since it was last read.
        self.idle[thread] = row = [now, cpu, 0]
        if before is not None and cpu - before[1] < 10 * STILL:
            row[2] = before[2]
        else:
            self._undelayed.append((thread, row, 2))

    def stir(self):
        """A thread begins to work: look at it soon, and often."""
        if self._busy < PATIENCE // 2:
            self._busy = PATIENCE
            if self.watch is not None:
                self.watch.wake()

    def flush(self):
        """Write what there is, with a copy of the samples that still go on."""
        still = []
        for thread, run in list(self.runs.items()):
            still.append([thread, run[0], run[1], run[2], run[3], run[4], run[5], run[6], run[8]])
        if still:
            self.recorder.events.append({"event": "still", "time": p.clock(), "runs": still})
        self.recorder.flush()
        self.recorder.bound()
        if self.forget is not None:
            self.forget()

    def begin_anew(self):
        """In a forked child, where the thread is gone."""
        self.runs.clear()
        self.clocks.clear()
        self.idle.clear()
        self._undelayed.clear()
        self._suspected.clear()
        self._own_queued = 0
        self._busy = PATIENCE
        if self.watch is not None:
            self.recorder.native.forget_others()
            self.watch.begin_anew()
        self.running = False
        self.cpu_ns = self.ticks = 0

    def expect_warning(self):
        """CPython 3.13.0 counts the threads after a fork only when this one is there again (see `forking`)."""
        if FORK_COUNTS_LATE and len(p.list_folder("/proc/self/task")) == 1:
            self._warning = Unfounded()

    def finish(self):
        """At the end of the process: what still goes on has ended."""
        for thread in list(self.runs):
            self._end(thread)
