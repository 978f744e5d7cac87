/* Capture: what the main thread does at the moment at which the sampler asks.
 *
 * Who waits for the GIL is given it where the other thread next lets it go: within 5 ms that is at any call that
 * writes a line or asks a database for a row, however short, and hardly ever at the computation around it.  So the
 * thread is asked to say itself where it stands, by a pending call: it runs between two of its instructions, at once,
 * unless the thread is in a call of C's, where the sampler finds it as well.  CPython has that for the main thread
 * only.
 *
 * Only `state` and `queued` are touched without the GIL.
 */
#include "recorder.h"
#include <pthread.h>
#include <stdatomic.h>

enum { UNASKED, ASKED, TAKEN };
static _Atomic int state;
static _Atomic int queued; /* the interpreter has our call, and has not made it */

/* When it was asked, and what the main thread had used of the CPU by then. */
static uint64_t asked, asked_cpu;
static clockid_t main_cpu;

static struct {
    unsigned long thread;
    uint64_t time, cpu;
    int depth;
    PyCodeObject *code[DEEPEST];
    int lasti[DEEPEST]; /* in bytes, as `frame.f_lasti` */
} taken;

static uint64_t read_clock(clockid_t clock) {
    struct timespec time;
    return clock_gettime(clock, &time) == 0 ? (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec : 0;
}

int lasti_of(PyFrameObject *frame) {
#if PY_VERSION_HEX >= 0x030b0000
    return PyFrame_GetLasti(frame);
#elif PY_VERSION_HEX >= 0x030a0000
    return frame->f_lasti < 0 ? -1 : 2 * frame->f_lasti;
#else
    return frame->f_lasti;
#endif
}

static void walk(void) {
    PyFrameObject *frame = PyThreadState_GetFrame(PyThreadState_Get());
    taken.depth = 0;
    while (frame != NULL) {
        if (taken.depth < DEEPEST) {
            taken.code[taken.depth] = PyFrame_GetCode(frame);
            taken.lasti[taken.depth++] = lasti_of(frame);
        }
        PyFrameObject *back = taken.depth < DEEPEST ? PyFrame_GetBack(frame) : NULL;
        Py_DECREF(frame);
        frame = back;
    }
}

/* Who slept since it was asked comes back from a call that blocked: what it is at now is not what it does, and to have
 * come back has used the CPU, by which one call is told from the next. */
static int has_slept(uint64_t time, uint64_t cpu) { return time - asked > 50000 && 2 * (cpu - asked_cpu) < time - asked; }

/* Made by the main thread.  A collection that our frames set off would run the program's finalizers here. */
static int answer(void *nothing) {
    atomic_store(&queued, 0);
    if (atomic_load(&state) != ASKED)
        return 0;
    taken.cpu = read_clock(CLOCK_THREAD_CPUTIME_ID);
    taken.time = now_ns();
    if (has_slept(taken.time, taken.cpu)) {
        atomic_store(&state, UNASKED);
        return 0;
    }
    taken.thread = PyThread_get_thread_ident();
#if PY_VERSION_HEX >= 0x030a0000
    int collects = PyGC_Disable();
#endif
    walk();
#if PY_VERSION_HEX >= 0x030a0000
    if (collects)
        PyGC_Enable();
#endif
    PyErr_Clear(); /* no memory for a frame: the stack is shorter */
    atomic_store(&state, TAKEN);
    return 0;
}

void capture_ask(void) {
#ifndef Py_GIL_DISABLED
    if (atomic_load(&state) != UNASKED)
        return; /* only the sampler asks, and it takes what it was told */
    asked_cpu = read_clock(main_cpu);
    asked = now_ns();
    atomic_store(&state, ASKED);
    if (!atomic_exchange(&queued, 1) && breaker_add_call(answer) < 0)
        atomic_store(&queued, 0);
    breaker_set();
#endif
}

void capture_forget(void) {
    pthread_getcpuclockid(pthread_self(), &main_cpu);
    atomic_store(&state, UNASKED);
    atomic_store(&queued, 0);
}

/* captured(): None, or (thread, time, CPU clock, (code, lasti, code, lasti, ...)) with the innermost frame first.
 * What is asked for and comes later is not wanted any more. */
PyObject *capture_take(PyObject *module, PyObject *nothing) {
    if (atomic_exchange(&state, UNASKED) != TAKEN)
        Py_RETURN_NONE;
    PyObject *places = PyTuple_New(2 * (Py_ssize_t)taken.depth);
    for (int i = 0; i < taken.depth; i++) {
        PyObject *lasti = places == NULL ? NULL : PyLong_FromLong(taken.lasti[i]);
        if (lasti == NULL) {
            Py_CLEAR(places);
            Py_DECREF(taken.code[i]);
            continue;
        }
        PyTuple_SET_ITEM(places, 2 * i, (PyObject *)taken.code[i]);
        PyTuple_SET_ITEM(places, 2 * i + 1, lasti);
    }
    if (places == NULL)
        return NULL;
    return Py_BuildValue("kKKN", taken.thread, (unsigned long long)taken.time, (unsigned long long)taken.cpu, places);
}
