/* The C recorder: the hot path of the Python agent, for CPython 3.9 and later.
 *
 * Everything here runs with the GIL held, or in the free-threaded build under the lock of what it touches.
 * Times are nanoseconds of CLOCK_MONOTONIC, as everywhere in the agent.
 */
#ifndef ASYNCWHY_RECORDER_H
#define ASYNCWHY_RECORDER_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#if PY_VERSION_HEX < 0x030b0000
#include <frameobject.h>
#endif
#include <stdint.h>
#include <time.h>

/* One step as the trace's probe reads it: start, end, ready, ref, thread. */
enum { START, END, READY, REF, THREAD, COLUMNS };
#define WIDEST 8 /* columns of any table that is kept here */

/* What a task or a callback is known by: its reference, the end of its last step, and what waits keep of it. */
typedef struct {
    PyObject_HEAD
    uint64_t number;
    int64_t last;
    PyObject *kept;
} Entry;

/* id of an object -> Entry, by open addressing. */
typedef struct {
    uint64_t key; /* 0: free */
    Entry *entry; /* NULL with a key: taken out */
} Slot;

typedef struct {
    PyObject_HEAD
    Slot *slots;
    size_t mask, used, filled; /* used: entries; filled: slots that are not free */
} Entries;

/* Rows that wait for the flusher, at most `most` of them. */
typedef struct {
    PyObject_HEAD
    uint64_t *rows;
    size_t columns, count, room, most;
    uint64_t dropped;
} Rows;

extern PyType_Spec entry_spec, entries_spec, rows_spec, stepper_spec, step_spec, watch_spec, stacks_spec, waits_spec, making_spec,
    passing_spec;

typedef struct {
    PyTypeObject *entry, *entries, *rows, *stepper, *step, *watch, *stacks, *waits;
    PyTypeObject *making, *passing; /* NULL without a GIL */
} State;

/* Since when a thread's loop has been in the step that it is in; what `begin` returns, `end` takes. */
typedef struct Running Running;
Running *running_here(void); /* NULL without memory */
int running_is_of(Running *one, unsigned long thread);
uint64_t running_begin(Running *own, uint64_t start);
void running_end(Running *own, uint64_t outer);
void running_forget_others(void);
PyObject *running_places(PyObject *module, PyObject *nothing);

PyObject *time_queued(PyObject *module, PyObject *thread);
PyObject *frames_now(PyObject *module, PyObject *nothing);

/* Where the main thread stands: asked without the GIL, answered by itself, taken with the GIL. */
void capture_ask(void);
void capture_forget(void); /* on the main thread, at first and in a forked child */
PyObject *capture_take(PyObject *module, PyObject *nothing);
int breaker_add_call(int (*call)(void *)); /* a pending call of the main thread; -1 where there is no room */
int breaker_find(void); /* on the main thread, with the GIL; whether a pending call will be made at once */
void breaker_set(void);

/* A place in a stack: a code object, and the instruction in bytes, as `frame.f_lasti`. */
typedef struct {
    PyObject *code;
    int lasti;
} Place;

#define DEEPEST 128 /* frames of one stack; the agent writes 40 that are not its own */

int lasti_of(PyFrameObject *frame);

/* Numbers of stacks. */
typedef struct Stacks Stacks;
int64_t stacks_number(Stacks *self, const Place *places, int depth);

/* Where tasks stood while they waited: for so many nanoseconds until it is refilled. */
typedef struct {
    PyObject_HEAD
    Rows *waits, *kept;
    Stacks *stacks;
    PyObject *strings, *string; /* name -> number; string(name) makes a new one */
    PyCFunction get_coro;       /* `Task.get_coro`; NULL where it is not as known */
    PyObject *cr_frame, *cr_await, *gi_frame, *gi_yieldfrom, *ag_frame, *ag_await, *name, *yield;
    uint64_t used_ns, most_ns, skipped;
} Waits;

/* What runs, schedules and records handles. */
typedef struct {
    PyObject_HEAD
    Entries *entries;
    Rows *rows;
    PyTypeObject *handle_type, *task_type;
    PyObject *handle_init; /* what `Handle(...)` would run */
    PyTypeObject *python_task;                    /* asyncio's other class of tasks */
    PyObject *adopt, *waited, *other, *longer, *suits; /* the agent's slow paths, all harmless */
    PyObject *asleep, *iterations;                /* threads in their selector; thread -> begin of its iteration */
    Entries *callbacks;                           /* id of a plain callback's code -> its entry */
    Py_ssize_t callback, args, context, loop, cancelled, repr, source; /* offsets of a handle's slots */
    uint64_t long_ns, starved_ns, hold_ns;
    PyTypeObject *suitable; /* the class of loop that was last found to schedule as asyncio's own does */
    PyTypeObject *deque; /* what loops keep their handles in, */
    PyCFunction append_to; /* and its `append`; NULL where it is not as known */
    PyObject *append, *owner;
    Running *running; /* of the last thread that ran a step */
    Waits *waits;     /* NULL: Python looks at all waits */
} Stepper;

/* A callback that records its own calls. */
PyObject *step_make(Stepper *stepper, PyObject *wrapped, uint64_t ready, PyObject *bits, PyObject *told, PyObject *entry_of);

int has_waited(const Stepper *self, const Entry *entry, uint64_t start, uint64_t ready);
int waits_note(Stepper *stepper, PyObject *awaited, PyObject *task, Entry *entry, uint64_t start, uint64_t ready);

State *state_of(PyTypeObject *type);

/* Of a step: who is about to run (a new reference; NULL with or without an error set), and its record. */
PyObject *owner_of(Stepper *self, PyObject *callback, PyObject **kept);
Entry *entry_of_task(Stepper *self, PyObject *task);
int is_task(Stepper *self, PyObject *owner);
PyObject *code_of(PyObject *callback);
int is_ours(void);
void record(Stepper *self, Entry *entry, uint64_t start, uint64_t ready, unsigned long thread);

Entry *entries_find(Entries *table, const void *key);          /* borrowed; NULL where there is none */
int rows_append(Rows *rows, const uint64_t *row); /* `columns` values; 1 where there is no room */

#if PY_VERSION_HEX < 0x030a0000
static inline PyObject *Py_NewRef(PyObject *object) {
    Py_INCREF(object);
    return object;
}
#endif

static inline uint64_t now_ns(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

#ifdef Py_GIL_DISABLED
#define LOCKED(object) Py_BEGIN_CRITICAL_SECTION(object)
#define UNLOCKED() Py_END_CRITICAL_SECTION()
#else
#define LOCKED(object) {
#define UNLOCKED() }
#endif

#endif
