"""trio, through its own `trio.abc.Instrument` interface: every step of every task, and what it waited for.

The instrument is put among a run's instruments where trio makes its runner, so the program's own list of
them stays as it is.  It is written so that the rest of asyncwhy finds what it knows from asyncio: the task
that trio runs for calls from other threads is a callback that another thread made ready; a deadline is a
timer's callback, due when the deadline was, which wakes the tasks that it cancels.
"""

from __future__ import annotations

from . import primitives as p
from .carriers import carried
from .recorder import CALLBACK, NUMBERED
from .safety import peek
from .trio_contention import TrioContention
from .trio_instrument import Instrument, kind_of
from .twin import Unsuitable, twin
from .waits import only_glanced, stack_and_kept

#: Where limiters were made is kept for so many of them.
MOST_LIMITERS = 10_000


class TrioHooks:
    """Installs the instrument and the twins in trio; shares numbers and idle codes with asyncio's hooks."""

    def __init__(self, recorder, installation, asyncio, pools, contention):
        self.recorder = recorder
        self.installation = installation
        self.asyncio = asyncio
        self.pools = pools
        self.contention = TrioContention(contention)
        self.entries = {}  # id of a task -> [number, end of its last step]
        self.woken = {}  # id of an entry queue -> when another thread first put something in
        self.limiters = {}  # id of a limiter -> the stack on which it was made
        self.kinds = {}
        self.counted = p.count(1)
        self.protect = None
        self.entry_code = None
        self.entry_ref = 0

    def begin_anew(self):
        """In a forked child: numbers given out in the parent mean nothing here."""
        for table in (self.entries, self.woken, self.limiters, self.kinds):
            table.clear()

    # --- installing ------------------------------------------------------------------------------------

    def install(self, module):
        """Into `trio._core._run`."""
        self.module = module
        self.context = module.GLOBAL_RUN_CONTEXT
        self.protect = getattr(module, "enable_ki_protection", None)
        names = {"__aw_began": self.installation.harmless(self._began)}
        self._put(module, "setup_runner", names, after="__aw_began(runner)")
        # Frames below these are only the loop's machinery: stacks end there.
        loop = getattr(module.unrolled_run, "__wrapped__", module.unrolled_run)
        self.recorder.interner.ends.add(p.identity(loop.__code__))
        self.asyncio.idle_codes.add(p.identity(module.TheIOManager.get_events.__code__))
        for name in ("task_scheduled", "task_spawned", "before_task_step", "after_task_step", "task_exited"):
            self.recorder.interner.hidden.add(p.identity(getattr(Instrument, name).__code__))

    def install_entries(self, module):
        """Into `trio._core._entry_queue`: calls from other threads, which wake the loop."""
        self.entry_code = module.EntryQueue.task.__code__
        names = {"__aw_foreign": self.installation.harmless(self._foreign)}
        self._put(module.EntryQueue, "run_sync_soon", names, before="__aw_foreign(self)")

    def install_limiters(self, module):
        """Into `trio._sync`."""
        names = {"__aw_made": self.installation.harmless(self._made), "__aw_known": self.contention.made}
        self._put(module.CapacityLimiter, "__init__", names, after="__aw_made(self)\n__aw_known(self)")
        self.contention.install_sync(module)

    def install_workers(self, module):
        """Into `trio._core._thread_cache`."""
        self.asyncio.idle_codes.add(p.identity(module.WorkerThread._work.__code__))

    def install_threads(self, module):
        """Into `trio._threads`: the jobs of `trio.to_thread.run_sync`."""
        guard = self.installation.harmless
        names = {
            "__aw_submitted": guard(self._submitted, 0),
            "__aw_start": guard(self.pools.start),
            "__aw_end": guard(self.pools.ended),
        }
        asked = ("limiter.acquire_on_behalf_of", "__aw_job = __aw_submitted(sync_fn, limiter)", "")
        ran = ("context.run(sync_fn, *args)", "__aw_began = __aw_start(__aw_job)", "__aw_end(__aw_began)", "always")  # fmt: skip
        self._put(module, "to_thread_run_sync", names, beside=(asked, ran))

    def _put(self, owner, name, names, **snippets):
        try:
            made = twin(getattr(owner, name), names, **snippets)
        except (Unsuitable, AttributeError) as reason:
            self.installation.lacking("%s.%s" % (owner.__name__, name), reason)
        else:
            if self.protect is not None and name == "to_thread_run_sync":
                self.protect(made)  # as the original is
            self.installation.put(owner, name, made)

    # --- runs ------------------------------------------------------------------------------------------

    def _began(self, runner):
        """A runner was made; called in `setup_runner`, which `run` or `start_guest_run` called."""
        starter = p.get_frame(3)
        is_guest = starter.f_code.co_name == "start_guest_run"
        thread = p.ident()
        running = self.asyncio.running
        if is_guest and thread in running:
            return  # the steps of the host's loop are recorded, and these run inside them
        number = next(self.recorder.numbers)
        running[thread] = running.get(thread, 0) + 1
        self.recorder.unseen = True
        self.recorder.event(
            "run",
            loop=number,
            thread=thread,
            native=p.native_id(),
            implementation="trio",
            selector=p.type_of(runner.io_manager).__name__,
            debug=False,
            stack=self.recorder.interner.stack(starter),
            cpu=p.thread_cpu(),
        )
        Instrument(self, runner, number, is_guest).join()

    def stopped(self, number):
        """The run of that number is over."""
        thread = p.ident()
        left = self.asyncio.running.pop(thread, 1) - 1
        if left > 0:
            self.asyncio.running[thread] = left
        self.recorder.event("stop", loop=number, thread=thread, cpu=p.thread_cpu())

    def _foreign(self, queue):
        """Another thread hands a call to the loop: it could run from now on."""
        if getattr(self.context, "runner", None) is None:
            self.woken.setdefault(p.identity(queue), p.clock())

    # --- tasks -----------------------------------------------------------------------------------------

    def current(self):
        """The number of the task that runs in this thread, or 0."""
        entry = self.entries.get(p.identity(getattr(self.context, "task", None))) if self.entries else None
        return entry[0] if entry and not entry[0] & CALLBACK else 0

    def adopt(self, task, stack=0):
        """A number for a task; trio's own two are callbacks of the loop."""
        now = p.clock()
        coroutine = task.coro
        if task.parent_nursery is None or coroutine.cr_code is self.entry_code:
            site = self.recorder.interner.site(coroutine.cr_code, -1)
            entry = self.entries[p.identity(task)] = [CALLBACK | site, now]
            if coroutine.cr_code is self.entry_code:
                self.entry_ref = entry[0]
            return entry
        number = next(self.recorder.numbers)
        parent = self.current()
        entry = self.entries[p.identity(task)] = [number, now]
        code = peek(carried(coroutine), "cr_code")
        row = (
            number,
            now,
            parent,
            stack,
            self.recorder.interner.site(code, -1) if code is not None else 0,
            self._name(task.name, code),
            p.ident(),
            0,
        )
        self.recorder.by_name["tasks"].extend(row)
        return entry

    def _name(self, name, code):
        """A task's own name, if it was given one; else its number, since many have their function's."""
        own = name.rpartition(".")[2]
        if code is None or own == code.co_name or own.startswith("<"):
            return NUMBERED | next(self.counted)
        return self.recorder.interner.string(name)

    def waited(self, task, entry, start, ready):
        """A long wait of a task is over; its coroutine still stands where it waited."""
        recorder = self.recorder
        if recorder.wait_budget <= 0:
            recorder.skipped_waits += 1
            return
        recorder.wait_budget -= 1
        coroutine = task.coro
        if coroutine.cr_await is None:
            return  # not begun: it was ready since it was made
        if only_glanced(recorder, entry, start, coroutine):
            return
        stack, kept = stack_and_kept(recorder.interner, coroutine, entry)
        kind = self.kinds.get(stack)
        if kind is None:
            kind = self.kinds[stack] = recorder.interner.string(kind_of(coroutine))
        recorder.by_name["waits"].extend((entry[0], entry[1], ready, start, stack, kind, 0, p.ident()))
        if kept:
            recorder.by_name["kept"].extend((entry[0], entry[1], kept))

    # --- threads ---------------------------------------------------------------------------------------

    def _made(self, limiter):
        self.pools.pools.pop(p.identity(limiter), None)
        if len(self.limiters) < MOST_LIMITERS:
            self.limiters[p.identity(limiter)] = self.recorder.interner.stack(p.get_frame(3))

    def _submitted(self, function, limiter):
        """A call is to run in a worker thread as soon as the limiter has room for it; its job."""
        own = peek(limiter, "_CapacityLimiter__original", limiter)  # anyio's stands before trio's
        tokens = peek(limiter, "total_tokens", 0) or 0
        stack = self.limiters.get(p.identity(own), 0)
        pool = self.pools.pool_number(limiter, int(min(tokens, 1 << 30)), "trio worker threads", stack)
        return self.pools.submit(pool, _carried_call(function))


def _carried_call(function):
    """anyio hands trio a function of its own, which has the program's among its cells."""
    code = peek(function, "__code__")
    if peek(function, "__module__") != "anyio._backends._trio" or code is None:
        return function
    cells = dict(zip(code.co_freevars, function.__closure__ or ()))
    return cells["func"].cell_contents if "func" in cells else function
