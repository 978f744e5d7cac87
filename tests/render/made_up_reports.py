"""Made-up reports: what each kind of program would be told, without running one."""

from __future__ import annotations

from dataclasses import replace

from asyncwhy.model import (
    Concurrency,
    Effects,
    Evidence,
    Finding,
    Handoff,
    Lane,
    Loop,
    Parallelism,
    Placement,
    Program,
    Related,
    Remedy,
    Report,
    Role,
    Safety,
    Schedule,
    Site,
    Span,
    State,
    Thread,
    Unseen,
    Verdict,
    Victim,
)

HOLDS, READY, AWAITING = State.HOLDS, State.READY, State.AWAITING
RUNNING, QUEUED = State.RUNNING, State.QUEUED


def program(*argv: str, frameworks: tuple[str, ...] = ("asyncio",), processes: int = 1) -> Program:
    return Program(argv, "python", "3.13.1", frameworks, 0, processes)


def lane(name: str, *spans: tuple[float, float, State], parent: str | None = None, like: int = 0) -> Lane:
    return Lane(name, "task", 1, tuple(Span(*span) for span in spans), parent, like)


def loop(longest_hold_s: float, held_s: float = 0.0) -> Loop:
    return Loop("MainThread", 1, "asyncio", 12, held_s, longest_hold_s, 0.0001, longest_hold_s, 0.0)


MAIN_THREAD = Thread("MainThread", 4121, 1, Role.EVENT_LOOP, None, 0.02)


# --- a sick program


SICK_LINES = {
    4: "def slow_task_blocking(task_id, duration):",
    6: "    time.sleep(duration) # Incorrect synchronous operation",
    12: "     return slow_task_blocking(task_id, duration)",
    20: "    results = await asyncio.gather(*tasks)",
}
SICK_DIFF = """\
--- a/003_ex2.py
+++ b/003_ex2.py
@@ -4,1 +4,1 @@
-def slow_task_blocking(task_id, duration):
+async def slow_task_blocking(task_id, duration):
@@ -6,1 +6,1 @@
-    time.sleep(duration) # Incorrect synchronous operation
+    await asyncio.sleep(duration) # Incorrect synchronous operation
@@ -12,1 +12,1 @@
-     return slow_task_blocking(task_id, duration)
+     return await slow_task_blocking(task_id, duration)
"""
THREAD_DIFF = """\
--- a/003_ex2.py
+++ b/003_ex2.py
@@ -12,1 +12,1 @@
-     return slow_task_blocking(task_id, duration)
+     return await asyncio.to_thread(slow_task_blocking, task_id, duration)
"""
SLEEP_SITE = Site("003_ex2.py", 6, 5, "slow_task_blocking", 25)
WRAPPER_SITE = Site("003_ex2.py", 12, 13, "async_wrapper", 50)
GATHER_SITE = Site("003_ex2.py", 20, 21, "main", 43)
BLOCKING = Finding(
    cause="blocking-call",
    site=SLEEP_SITE,
    call="time.sleep",
    operation="sleep",
    inside_library=None,
    stack=(SLEEP_SITE, WRAPPER_SITE),
    started_by=GATHER_SITE,
    related=(
        Related("called from", WRAPPER_SITE, "`async_wrapper` never awaits here"),
        Related("started by", GATHER_SITE, "gather made Task-2, Task-3, Task-4"),
    ),
    victims=(),
    count=3,
    cost_s=6.0,
    gain_s=3.0,
    possible_s=3.01,
    effects=Effects(late_s=5.0),
    evidence=Evidence.MEASURED,
    message="`time.sleep` stopped the event loop 3 times, 6.00 s in all.",
    remedies=(
        Remedy("await the wait, so the loop can run the others", Safety.SAFE, SICK_DIFF, 3.01),
        Remedy(
            "if it cannot be rewritten: one line, runs on 3 worker threads",
            Safety.CHANGES_BEHAVIOUR,
            THREAD_DIFF,
            3.02,
        ),
    ),
    headline="`time.sleep` stops the event loop",
    label="the loop was stopped 2.00 s, 1.00 s, 3.00 s",
)
SICK = Report(
    program=program("003_ex2.py"),
    verdict=Verdict.NOT_ASYNCHRONOUS,
    reason="3 tasks ran one after another",
    wall_s=6.01,
    possible_s=3.01,
    concurrency=Concurrency(1.0, 2.0),
    parallelism=Parallelism(0.04, 0.01, 8),
    loops=(loop(3.0, 6.0),),
    threads=(MAIN_THREAD,),
    placements=(
        Placement("main", "003_ex2.py", 14, ("MainThread",), 1, 0.001, "asyncio.run", None, ""),
        Placement("async_wrapper", "003_ex2.py", 11, ("MainThread",), 3, 6.0, "asyncio.gather", None, ""),
    ),
    findings=(BLOCKING,),
    unseen=Unseen(0, 0.01, ()),
    schedule=Schedule(
        lanes=(
            lane("Task-1", (0.0, 0.0004, HOLDS), (0.0004, 6.0006, AWAITING), (6.0006, 6.001, HOLDS)),
            lane("Task-2 (1)", (0.0002, 2.0004, HOLDS), parent="Task-1"),
            lane("Task-3 (2)", (0.0002, 2.0004, READY), (2.0004, 3.0005, HOLDS), parent="Task-1"),
            lane("Task-4 (3)", (0.0002, 3.0005, READY), (3.0005, 6.0006, HOLDS), parent="Task-1"),
        )
    ),
    sources={"003_ex2.py": SICK_LINES},
    trace="/home/user/.cache/asyncwhy/12ab.trace",
)


# --- a healthy one


HEALTHY = Report(
    program=program("000_ex1.py"),
    verdict=Verdict.ASYNCHRONOUS,
    reason="2 tasks waited at the same time",
    wall_s=2.003,
    possible_s=2.003,
    concurrency=Concurrency(1.5, 1.5),
    parallelism=Parallelism(0.03, 0.01, 8),
    loops=(loop(0.0002),),
    threads=(MAIN_THREAD,),
    placements=(
        Placement("main", "000_ex1.py", 8, ("MainThread",), 1, 0.0, "asyncio.run", None, ""),
        Placement("my_async_function", "000_ex1.py", 4, ("MainThread",), 2, 0.0, "create_task", None, ""),
    ),
    explanation=(
        "its longest task alone takes 2.00 s",
        "The tasks overlap because `await asyncio.sleep` (line 5) hands the loop back; no thread is needed.",
    ),
    schedule=Schedule(
        lanes=(
            lane("Task-1", (0.0, 0.0004, HOLDS), (0.0004, 2.002, AWAITING)),
            lane("Task-2 (2)", (0.0004, 2.0010, AWAITING), (2.0010, 2.0012, HOLDS), parent="Task-1"),
            lane("Task-3 (1)", (0.0004, 1.0010, AWAITING), (1.0010, 1.0012, HOLDS), parent="Task-1"),
        )
    ),
)


# --- a program with threads


def workers(prefix: str, number: int, started_by: Site | None) -> tuple[Thread, ...]:
    return tuple(
        Thread(f"{prefix}{i}", 5000 + i, 1, Role.POOL_WORKER, started_by, 0.5) for i in range(number)
    )


def handoff(file: str, line: int, function: str) -> Handoff:
    site = Site(file, line, 9, function)
    return Handoff(site, (site, Site("app.py", 61, 1, "<module>")))


POOL = ("asyncio_0", "asyncio_1", "asyncio_2", "asyncio_3")
OTHER_POOL = tuple(f"ThreadPoolExecutor-0_{i}" for i in range(6))
THREADS = Report(
    program=program("app.py", frameworks=("asyncio", "requests_async")),
    verdict=Verdict.PARTLY,
    reason="36 of 40 jobs waited for one of 4 workers",
    wall_s=4.52,
    possible_s=4.1,
    concurrency=Concurrency(9.4, 12.0),
    parallelism=Parallelism(2.4, 0.53, 4),
    loops=(loop(0.004),),
    threads=(
        MAIN_THREAD,
        *workers("asyncio_", 4, Site("app.py", 33, 11, "handle")),
        *workers("ThreadPoolExecutor-0_", 6, Site("requests_async/core.py", 77, 5, "send")),
        Thread("pydevd.Reader", 77, 1, Role.RUNTIME, None, 0.0),
    ),
    placements=(
        Placement("main", "app.py", 50, ("MainThread",), 1, 0.01, "asyncio.run app.py:61", None, ""),
        Placement("fetch", "app.py", 12, ("MainThread",), 40, 0.2, "asyncio.gather", None, ""),
        Placement(
            "resize", "app.py", 25, POOL, 40, 1.92, "asyncio.to_thread", handoff("app.py", 33, "handle"),
            "to_thread had 4 workers and 40 jobs: 36 waited, 0.48 s on average.", 36, 17.28,
        ),
        Placement(
            "getaddrinfo", "socket.py", 948, POOL, 12, 0.21, "loop.getaddrinfo",
            handoff("app.py", 18, "fetch"), "asyncio, for you",
        ),
        Placement(
            "Session.get", "requests/sessions.py", 602, OTHER_POOL, 40, 4.1, "ThreadPoolExecutor.submit",
            handoff("site-packages/requests_async/core.py", 77, "send"),
            "`requests_async` says async, uses threads",
        ),
    ),
    findings=(
        Finding(
            cause="pool-saturated", site=Site("app.py", 33, 17, "handle", 47), call="asyncio.to_thread",
            operation="job", inside_library=None, stack=(Site("app.py", 33, 17, "handle", 47),),
            started_by=Site("app.py", 51, 11, "main"), related=(), count=36, cost_s=17.28, gain_s=0.42,
            victims=(Victim(Site("app.py", 34, 5, "handle"), 36, 17.28),), possible_s=4.1,
            effects=Effects(late_s=17.28), evidence=Evidence.MEASURED,
            message="36 jobs waited for a worker of asyncio's default pool.",
            remedies=(Remedy("give the loop a larger default executor", Safety.SKETCH, None, 4.1),),
            headline="jobs queue for a worker of asyncio's default pool", label="36 of 40 jobs waited",
        ),
    ),
    schedule=Schedule(
        lanes=(
            lane("fetch-1", (0.0, 0.2, HOLDS), (0.2, 4.2, AWAITING), (4.2, 4.3, READY), like=39),
            Lane("asyncio_0", "thread", 1, (Span(0.3, 2.0, RUNNING), Span(2.4, 4.5, RUNNING))),
            Lane("asyncio_1", "thread", 1, (Span(0.3, 2.0, RUNNING),)),
            Lane("asyncio_2", "thread", 1, (Span(0.3, 2.0, RUNNING),)),
            Lane("asyncio_3", "thread", 1, (Span(0.3, 1.0, RUNNING),)),
            Lane("to_thread queue", "pool", 1, (Span(0.2, 3.0, QUEUED),)),
        )
    ),
    sources={
        "app.py": {30: "async def handle(request):", 33: "    small = await asyncio.to_thread(resize, image)"}
    },
)  # fmt: skip


# --- could not tell, and in between


UNKNOWN = Report(
    program=program("tool.py", frameworks=()),
    verdict=Verdict.UNKNOWN,
    reason="the program ended after 0.04 s without starting a loop",
    wall_s=0.04,
    possible_s=0.04,
    concurrency=Concurrency(0.0, 0.0),
    parallelism=Parallelism(0.03, 0.9, 8),
    threads=(MAIN_THREAD,),
    explanation=(
        "asyncwhy watches asyncio event loops; none was started.",
        "try: asyncwhy run -m yourpackage   (a module, not a file)",
    ),
)

REQUEST_SITE = Site("/srv/shop/application/handlers/checkout.py", 1088, 20, "Checkout.pay", 68)
LIBRARY_SITE = Site(
    "/srv/shop/.venv/lib/python3.13/site-packages/urllib3/connection.py", 198, 20, "_new_conn"
)


def server_finding(cause: str, line: int, cost_s: float | None, **changes: object) -> Finding:
    finding = replace(
        BLOCKING,
        cause=cause,
        site=replace(REQUEST_SITE, line=line),
        call="requests.get",
        inside_library="urllib3",
        stack=(LIBRARY_SITE, replace(REQUEST_SITE, line=line)),
        related=(),
        started_by=None,
        victims=(
            Victim(Site("/srv/shop/application/handlers/health.py", 12, 1, "health"), 1204, 88.25),
            Victim(Site("/srv/shop/application/handlers/search.py", 40, 1, "search"), 37, 3.1),
            Victim(Site("/srv/shop/application/handlers/search.py", 41, 1, "search"), 1, 0.1),
        ),
        count=412,
        cost_s=cost_s,
        gain_s=0.0,
        possible_s=123.0,
        effects=Effects(late_s=91.45),
        remedies=(Remedy("use an asynchronous client, such as httpx.AsyncClient", Safety.SKETCH),),
        headline="`requests.get` stops the event loop while a payment is made",
        label="the loop was stopped 412 times, 0.10 s each, 0.31 s at most",
    )
    return replace(finding, **changes)  # type: ignore[arg-type]


PARTLY = Report(
    program=replace(
        program("uvicorn", "shop.application:app", "--workers", "2", processes=3,
                frameworks=("asyncio", "uvloop", "fastapi", "uvicorn", "starlette")),
        exit_code=-2,
    ),
    verdict=Verdict.PARTLY,
    reason="the event loop was stopped for 41.20 s of 123.00 s while 37 other tasks were ready",
    wall_s=123.0,
    possible_s=123.0,
    concurrency=Concurrency(3.2, 9.9),
    parallelism=Parallelism(61.5, 0.5, 8),
    loops=(replace(loop(0.31, 41.2), process=4121), replace(loop(0.29, 40.0), process=4122)),
    threads=(replace(MAIN_THREAD, process=4121), replace(MAIN_THREAD, process=4122)),
    placements=(Placement("Checkout.pay", "pay.py", 80, ("MainThread",), 412, 41.2, "uvicorn", None, ""),),
    findings=(
        server_finding("blocking-call", 1088, 41.2),
        server_finding(
            "cpu-on-loop", 88, 8.4, inside_library=None, victims=(), evidence=Evidence.INFERRED, remedies=()
        ),
        server_finding("never-awaited", 12, None, inside_library=None, count=1, effects=Effects(lost=1)),
        server_finding("many-small-holds", 14, 0.9),
        server_finding("gil-held", 15, 2.5),
    ),
    unseen=Unseen(1204, 3.1, ("C stacks were not seen: no frame pointers",)),
    sources={
        REQUEST_SITE.file: {
            1080: "    async def pay(self, request: Request, *, currency: Currency = EUR) -> Response:",
            1088: "        response = requests.get(f'{self.provider}/charge', timeout=TIMEOUT) # ☕ \t more",
        }
    },
)  # fmt: skip


# --- many, and hostile


HUNDRED = replace(
    SICK,
    program=program("hundred.py", "--tasks", "100"),
    reason="100 tasks ran one after another",
    schedule=Schedule(
        lanes=(
            lane("Task-1", (0.0, 6.0, AWAITING)),
            *(
                lane(
                    f"Task-{i + 2}",
                    (0.0, i * 0.06, READY),
                    (i * 0.06, (i + 1) * 0.06, HOLDS),
                    parent="Task-1",
                )
                for i in range(100)
            ),
        )
    ),
)


def hostile(name: str) -> Report:
    """Every text of a report that comes from outside is `name`."""
    site = Site(name, 6, 5, name, 25)
    finding = replace(
        BLOCKING,
        site=site,
        call=name,
        inside_library=name,
        stack=(replace(site, line=9), site),
        related=(
            Related("called from", replace(site, line=7), name),
            Related(name, replace(site, line=8), name),
        ),
        victims=(Victim(replace(site, line=7), 3, 1.5),),
        headline=name,
        label=name,
        remedies=(
            Remedy(name, Safety.SKETCH, f"--- a/{name}\n+++ b/{name}\n@@ -1 +1 @@\n-{name}\n+{name}\n", 3.0),
        ),
    )
    return replace(
        THREADS,
        program=Program((name, name), name, name, (name,), 3, 2),
        reason=name,
        explanation=(name, name),
        findings=(finding,),
        threads=(MAIN_THREAD, Thread(name, 1, 1, Role.USER, site, 0.1)),
        placements=(
            *THREADS.placements,
            Placement(name, name, 1, (name, name + "2"), 4, 1.5, name, Handoff(site, ()), name, 2, 1.0),
        ),
        schedule=Schedule(lanes=(lane(name, (0.0, 3.0, HOLDS)), *THREADS.schedule.lanes)),
        unseen=Unseen(3, 1.0, (name,)),
        sources={name: {6: name, 7: f"\t\tasync def {name}():", 8: ""}},
        trace=name,
    )


REPORTS = {
    "sick": SICK,
    "healthy": HEALTHY,
    "threads": THREADS,
    "unknown": UNKNOWN,
    "partly": PARTLY,
    "hundred": HUNDRED,
    "hostile": hostile("na\x1b[31mme \u202eevil 🦊 日本語 \udc80"),
}
