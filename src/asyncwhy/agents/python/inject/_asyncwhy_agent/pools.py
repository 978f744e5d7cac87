"""Executors: which line submitted a job, how long it waited for a worker, which worker ran it."""

from __future__ import annotations

from . import primitives as p
from .living import Living, reference
from .safety import peek
from .twin import Unsuitable, twin

#: Bit of a job's number: a call that came from the parent's pool, by its place among that pool's jobs.
WORK = 1 << 31


class PoolHooks:
    """Installs the twins in `concurrent.futures` and in anyio's worker threads."""

    def __init__(self, recorder, installation, site_of, current_task):
        self.recorder = recorder
        self.installation = installation
        self.site_of = site_of
        self.current_task = current_task
        self.pools = Living()
        self.jobs = {}
        self.known = {}  # id of a limiter -> what is known of where its limit was set

    def _put(self, owner, name, names, **snippets):
        try:
            self.installation.put(owner, name, twin(_function(owner, name), names, **snippets))
        except Unsuitable as reason:
            self.installation.lacking("%s.%s" % (owner.__name__, name), reason)

    def install_threads(self, module):
        guard = self.installation.harmless
        made = {"__aw_made": guard(self._made)}
        self._put(module.ThreadPoolExecutor, "__init__", made, after="__aw_made(self)")
        names = {"__aw_submitted": guard(self._submitted)}
        after = "__aw_submitted(self, fn, w)"
        self._put(module.ThreadPoolExecutor, "submit", names, beside=(("_WorkItem", "", after),))
        names = {"__aw_began": guard(self._began), "__aw_ended": guard(self.ended)}
        # The end is noted before the future is set: its waiters may run at once.
        call = "self.fn" if "fn" in module._WorkItem.run.__code__.co_names else "ctx.run"
        around = (call, "__aw_job = __aw_began(self)", "__aw_ended(__aw_job)", "always")
        self._put(module._WorkItem, "run", names, beside=(around,))
        self.idle_code = module._worker.__code__

    def install_processes(self, module):
        guard = self.installation.harmless
        made = {"__aw_made": guard(self._made)}
        self._put(module.ProcessPoolExecutor, "__init__", made, after="__aw_made(self)")
        names = {"__aw_submitted": guard(self._process_job)}
        after = "__aw_submitted(self, fn, f)"
        self._put(module.ProcessPoolExecutor, "submit", names, beside=(("self._work_ids.put", "", after),))
        names = {"__aw_spawned": guard(self._spawned)}
        after = "__aw_spawned(self, p.pid)"
        self._put(module.ProcessPoolExecutor, "_spawn_process", names, beside=(("p.start", "", after),))
        # In the child: what the call itself takes, without the way there and back.
        names = {"__aw_began": guard(self._called), "__aw_ended": guard(self.ended)}
        around = (
            "call_item.fn",
            "__aw_call = __aw_began(call_item.work_id)",
            "__aw_ended(__aw_call)",
            "always",
        )
        self._put(module, "_process_worker", names, beside=(around,))

    def install_anyio(self, module):
        """anyio's own worker threads, which Starlette and FastAPI use for `def` endpoints."""
        guard = self.installation.harmless
        names = {"__aw_asked": guard(self._anyio_job, 0), "__aw_sent": guard(self._anyio_sent)}
        self._put_static(
            module.AsyncIOBackend,
            "run_sync_in_worker_thread",
            names,
            before="__aw_job = __aw_asked(func, args, limiter, cls)",  # its task may be cancelled before it gets a token
            beside=(("worker.queue.put_nowait", "__aw_sent(__aw_job, future)", ""),),
        )
        names = {"__aw_began": guard(self._anyio_began), "__aw_ended": guard(self.ended)}
        around = ("context.run", "__aw_job = __aw_began(future)", "__aw_ended(__aw_job)", "always")
        self._put(module.WorkerThread, "run", names, beside=(around,))

    def _put_static(self, owner, name, names, **snippets):
        method = owner.__dict__.get(name)
        try:
            made = twin(method.__func__, names, **snippets)
        except (Unsuitable, AttributeError) as reason:
            self.installation.lacking("%s.%s" % (owner.__name__, name), reason)
        else:
            self.installation.put(owner, name, p.type_of(method)(made))

    # --- pools -----------------------------------------------------------------------------------------

    def _made(self, executor):
        """A new executor at this address, and the line that made it."""
        self.pools.pop(p.identity(executor), None)
        name = str(getattr(executor, "_thread_name_prefix", "processes"))
        self.pool_number(
            executor, int(executor._max_workers), name, self.recorder.interner.stack(p.get_frame(2))
        )

    def pool_number(self, pool, workers, name, stack=0):
        kind = p.type_of(pool).__qualname__
        known = self.pools.get(p.identity(pool))
        if known is None or known[1:4] != (kind, workers, name) or known[4] != (stack or known[4]):
            number = next(self.recorder.numbers)
            known = self.pools.keep(pool, (number, kind, workers, name, stack, reference(pool)))
            self.recorder.event("pool", pool=known[0], kind=kind, workers=workers, name=name, stack=stack)
        return known[0]

    def limiter_number(self, limiter, own, name):
        """The pool of those for which a limiter has room; `own` is the one that knows which line set its limit."""
        known = self.known.get(p.identity(own))
        tokens = peek(limiter, "total_tokens", 0) or 0
        return self.pool_number(
            limiter, int(min(tokens, 1 << 30)), name, known.stack if known is not None else 0
        )

    def submit(self, pool, function, key=None, arguments=()):
        """A new job, submitted by the frame that called the hook that calls this; found again by `key`.

        `arguments` are looked at only where `function` is a framework's own: for what it really runs."""
        recorder = self.recorder
        job = next(recorder.numbers)
        if key is not None:
            self.jobs[key] = job
        row = (
            job,
            pool,
            p.clock(),
            p.ident(),
            self.current_task(),
            recorder.interner.stack(p.get_frame(3)),
            self.site_of(function, arguments),
        )
        recorder.by_name["submits"].extend(row)
        return job

    def _submitted(self, executor, function, item):
        name = getattr(executor, "_thread_name_prefix", "")
        pool = self.pool_number(executor, int(executor._max_workers), str(name))
        self.submit(pool, function, p.identity(item))

    def _process_job(self, executor, function, future):
        pool = self.pool_number(executor, int(executor._max_workers), "processes")
        job = self.submit(pool, function)
        ends = self.recorder.by_name["ends"]

        def ended(_):
            ends.extend((job, p.clock(), 0))

        future.add_done_callback(ended)

    def _spawned(self, executor, process):
        pool = self.pool_number(executor, int(executor._max_workers), "processes")
        self.recorder.event("worker", pool=pool, process=process)

    def _called(self, work):
        """This process begins a call that came from its parent's pool, whose number there is `work`."""
        return self.start(WORK | work)

    def _anyio_job(self, function, arguments, limiter, backend):
        limiter = limiter or backend.current_default_thread_limiter()
        pool = self.limiter_number(limiter, limiter, "anyio worker threads")
        return self.submit(pool, function, None, arguments)

    def _anyio_sent(self, job, future):
        if job:
            self.jobs[p.identity(future)] = job

    def _began(self, item):
        return self.start(self.jobs.pop(p.identity(item), 0))

    def _anyio_began(self, future):
        return self.start(self.jobs.pop(p.identity(future), 0))

    def start(self, job):
        """A thread begins to run a job; what `ended` wants to know."""
        if job:
            self.recorder.stir()
            self.recorder.by_name["starts"].extend((job, p.clock(), p.ident()))
        return job, p.thread_cpu()

    def ended(self, began):
        """A thread is done with a job."""
        job, cpu = began or (0, 0)
        if job:
            self.recorder.by_name["ends"].extend((job, p.clock(), p.thread_cpu() - cpu))


def _function(owner, name):
    return owner.__dict__.get(name) or getattr(owner, name)
