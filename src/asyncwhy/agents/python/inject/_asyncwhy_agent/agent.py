"""The parts of the agent put together, and its life: begin, fork, leave."""

from __future__ import annotations

import atexit
import os
import sys

from . import kept, unawaited
from . import primitives as p
from .asyncio_hooks import AsyncioHooks
from .blind_spots import blind_spots
from .contention import ContentionHooks
from .death import uncaught
from .forgetting import Forgetting
from .glances import Glances
from .handlers import HandlerHooks
from .imports import Watcher
from .pools import PoolHooks
from .processes import Environment, ProcessHooks
from .recorder import Recorder
from .safety import Installation
from .sampler import Sampler
from .selfcalls import SelfCalls
from .sockets import SocketHooks
from .stream import META, pack_step
from .threads import ThreadHooks
from .trio_hooks import TrioHooks
from .uvloop_hooks import UvloopHooks

#: Libraries whose presence tells a reader what kind of program it is.
FRAMEWORKS = (
    "aiohttp", "anyio", "asgiref", "celery", "datasette", "discord", "django", "fastapi", "flask", "grpc",
    "gunicorn", "hypercorn", "litestar", "pytest", "quart", "sanic", "scrapy", "sqlalchemy", "starlette",
    "telegram", "tornado", "trio", "twisted", "uvicorn", "uvloop",
)  # fmt: skip


class Agent:
    """One per process."""

    def __init__(self, here, shelf):
        self.shelf = shelf
        self.environment = Environment(here)
        self.recorder = Recorder(self.environment.folder)
        self.installation = Installation(self.recorder)
        self.asyncio = AsyncioHooks(self.recorder, self.installation)
        self.threads = ThreadHooks(self.recorder, self.installation)
        self.pools = PoolHooks(self.recorder, self.installation, self.threads.site_of, self._task_number)
        self.handlers = HandlerHooks(self.recorder, self.installation, self.threads.site_of)
        self.sockets = SocketHooks(self.recorder, self.installation)
        self.contention = ContentionHooks(self.recorder, self.installation, self._task_number)
        self.pools.known = self.contention.known
        self.sampler = Sampler(self.recorder, self.asyncio)
        self.recorder.stir = self.sampler.stir
        self.uvloop = UvloopHooks(self.asyncio, self.installation)
        self.trio = TrioHooks(self.recorder, self.installation, self.asyncio, self.pools, self.contention)
        self.glances = Glances(self.recorder, self.asyncio.entries, self.trio.entries)
        self.sampler.glance = self.glances.glance
        self.sampler.forget = Forgetting(self.asyncio.entries).look
        self.selfcalls = SelfCalls(self.recorder, self.asyncio.watched)
        self.sampler.look = self.selfcalls.look
        self.processes = ProcessHooks(self, self.environment)
        self.begun = p.clock()
        self.start_cpu = 0

    def begin(self, cpu_before):
        self.environment.hide()
        atexit.register(self.leave)
        try:
            self._begin()
            self.start_cpu = p.thread_cpu() - cpu_before
        except Exception as error:
            self.installation.failed("start", error)

    def _begin(self):
        self.processes.install()
        self.describe()
        Watcher(
            {
                "asyncio": self._both(lambda _: self.asyncio.install(), self.contention.install_asyncio),
                "threading": self._guard(self.threads.install),
                "concurrent.futures.thread": self._guard(self._thread_pools),
                "concurrent.futures.process": self._guard(self.pools.install_processes),
                "asyncio.selector_events": self._guard(self.sockets.install),
                "anyio._backends._asyncio": self._both(
                    self.pools.install_anyio, self.contention.install_anyio
                ),
                **{name: self._guard(install) for name, install in self.contention.watched().items()},
                "fastapi.routing": self._guard(self.handlers.install_fastapi),
                "uvloop": self._guard(self.uvloop.install),
                "trio._core._run": self._guard(self.trio.install),
                "trio._core._entry_queue": self._guard(self.trio.install_entries),
                "trio._core._thread_cache": self._guard(self.trio.install_workers),
                "trio._sync": self._guard(self.trio.install_limiters),
                "trio._channel": self._guard(self.trio.contention.install_channels),
                "trio._socket": self._guard(self.sockets.install_trio),
                "trio._threads": self._guard(self.trio.install_threads),
                "subprocess": self._guard(self.processes.install_subprocess),
                "multiprocessing.process": self._guard(self.processes.install_multiprocessing),
                "warnings": self._guard(
                    lambda module: unawaited.install(self.recorder, self.installation, module)
                ),
            },
            self.shelf,
        ).begin()
        self.sampler.start()

    def _both(self, *installers):
        guarded = [self._guard(install) for install in installers]
        return lambda module: [install(module) for install in guarded]

    def _guard(self, install):
        def guarded(module):
            try:
                before = p.thread_cpu()
                install(module)
                self.start_cpu += p.thread_cpu() - before
            except Exception as error:
                self.installation.failed("hooks for " + module.__name__, error)

        return guarded

    def _thread_pools(self, module):
        self.pools.install_threads(module)
        self.asyncio.idle_codes.add(p.identity(self.pools.idle_code))

    def _task_number(self):
        """The number of the task that runs in this thread, or 0."""
        tasks = sys.modules.get("asyncio.tasks")
        running = sys.modules.get("asyncio.events")
        loop = running._get_running_loop() if running is not None else None
        if tasks is None or loop is None:
            return self.trio.current()
        entry = self.asyncio.entries.get(p.identity(self.asyncio.current_task(loop)))
        return entry[0] if entry else 0

    def describe(self):
        """The facts about this process that the analysis needs."""
        command = getattr(sys, "orig_argv", None) or _command_line()
        self.recorder.meta(
            {
                "agent": "python",
                "pid": p.process_id(),
                "parent": p.parent_id(),
                "begun": self.begun,
                "wall": p.wall_clock(),
                "main_thread": p.ident(),
                "main_native": p.native_id(),
                "version": "%d.%d.%d" % sys.version_info[:3],
                "implementation": sys.implementation.name,
                "executable": sys.executable,
                "command": list(command),
                "folder": os.getcwd(),
                "library": os.path.dirname(os.__file__),
                "prefixes": sorted({sys.prefix, sys.base_prefix, sys.exec_prefix}),
                "cores": _cores(),
                "switch_interval": sys.getswitchinterval(),
                "gil": getattr(sys, "_is_gil_enabled", lambda: True)(),
                "recorder": "native" if self.recorder.native else "python",
                "interval": 0.005,
            }
        )

    def totals(self):
        """The facts that are only known at the end; written again at every way out."""
        recorder, spent = self.recorder, p.times()
        recorder.refill(0)
        return {
            "ended": p.clock(),
            "dropped": recorder.dropped,
            "refused": recorder.interner.refused,
            "skipped_waits": recorder.skipped_waits,
            "failed_writes": recorder.stream.failed,
            "failures": recorder.failures[:20],
            "missing": [*self.installation.missing[:20], *blind_spots()],
            "sampler_cpu": self.sampler.cpu_ns,
            "start_cpu": self.start_cpu,
            "main_cpu": p.thread_cpu() if p.native_id() == p.process_id() else 0,
            "process_cpu": p.clock_gettime_ns(2),
            "children_cpu": int((spent.children_user + spent.children_system) * 1e9),
            "frameworks": [name for name in FRAMEWORKS if name in sys.modules],
            "step_cost": self._step_cost(),
            "debug_traces": list(self.asyncio.touches.traces),
        }

    def _step_cost(self):
        """Nanoseconds that recording adds to one step: clocks, look-ups and a row, as measured here."""
        if self.recorder.native:
            rows, row = self.recorder.native.Rows(1024), pack_step(1, 1, 1, 1, 1)
            before = p.clock()
            for _ in range(200):
                rows.frombytes(row)
            return (p.clock() - before) // 200
        table, entry, get, ready = [], [1, 0], {1: [1, 0]}.get, {}
        record = table.extend
        before = p.clock()
        for _ in range(200):
            start = p.clock()
            ready[1] = start
            ready.pop(1, 0)
            end = p.clock()
            record((start, end, start, (get(1) or entry)[0], p.ident()))
        return (p.clock() - before) // 200

    def leave(self):
        """At the end of the interpreter; what still happens afterwards is written at once."""
        try:
            self.sampler.stop()
            self.sampler.finish()
            self.flush_now("exit", {"uncaught": self.installation.harmless(uncaught)()})
            kept.save()
            self.recorder.closing = True
        except Exception as error:
            self._leave_failing(error)

    def _leave_failing(self, error):
        """What cannot be told at the end costs no more than that: that it failed is still told."""
        recorder = self.recorder
        recorder.failures.append("leave: %r" % (error,))
        recorder.closing = True
        try:
            recorder.meta({"failures": recorder.failures[:20], "left_by": "exit"})
        except Exception:
            return

    def flush_now(self, why, more=None):
        self.sampler.flush()
        totals = self.totals()
        totals["left_by"] = why
        totals.update(more or {})
        self.recorder.flush(self.recorder.stream.json(META, totals))

    # --- fork ------------------------------------------------------------------------------------------

    def before_fork(self):
        try:
            self.sampler.stop()
        except Exception as error:
            self.recorder.failures.append("fork: %r" % (error,))

    def after_fork_in_parent(self):
        try:
            if not self.recorder.closing:
                self.sampler.expect_warning()
                self.sampler.start()
        except Exception as error:
            self.installation.failed("fork", error)

    def after_fork_in_child(self):
        """The child writes a stream of its own, in which nothing of the parent's rows remains."""
        try:
            self.recorder.begin_anew()
            self.asyncio.begin_anew()
            self.trio.begin_anew()
            self.glances.begin_anew()
            self.selfcalls.begin_anew()
            self.pools.pools.clear()
            self.contention.begin_anew()
            self.sockets.begin_anew()
            self.sampler.begin_anew()
            self.begun = p.clock()
            self.start_cpu = 0  # that was the parent's
            self.describe()
            self.sampler.start()
        except Exception as error:
            self.installation.failed("fork", error)


def _cores():
    try:
        return len(os.sched_getaffinity(0))
    except (AttributeError, OSError):
        return os.cpu_count() or 1


def _command_line():
    try:
        with open("/proc/self/cmdline", "rb") as file:
            return [os.fsdecode(part) for part in file.read().split(b"\0")[:-1]]
    except OSError:
        return [sys.executable]
