/* Watch: how the sampler waits.  It looks without the GIL whether any loop has been in one step for long; as long as
 * none has, it does not ask for the GIL at all.  A thread that waits for the GIL is woken, and woken in vain, whenever
 * the loop lets it go for a system call.  (An aiohttp request, medians of five beside other load: 62.7 us of CPU with a
 * sample every 5 ms, 44.0 with one every 50.)
 */
#include "recorder.h"
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <unistd.h>

struct Running {
    _Atomic uint64_t since;
    _Atomic int is_main; /* of the process's main thread */
    struct Running *next;
};

static int is_main_thread(void) { return syscall(SYS_gettid) == getpid(); }

/* One for each thread that has run a step; they are few, and stay. */
static _Atomic(Running *) everywhere;
static _Thread_local Running *here;

Running *running_here(void) {
    if (here == NULL && (here = PyMem_RawCalloc(1, sizeof(Running))) != NULL) {
        here->is_main = is_main_thread();
        here->next = atomic_load(&everywhere);
        while (!atomic_compare_exchange_weak(&everywhere, &here->next, here)) {
        }
    }
    return here;
}

uint64_t running_begin(Running *own, uint64_t start) {
    return own == NULL ? 0 : atomic_exchange_explicit(&own->since, start, memory_order_relaxed);
}

void running_end(Running *own, uint64_t outer) {
    if (own != NULL)
        atomic_store_explicit(&own->since, outer, memory_order_relaxed);
}

enum { NONE, ANOTHER, MAIN };

/* Which thread has been in one step for `least` nanoseconds or longer: the main one, if it is among them. */
static int longer_than(uint64_t least, uint64_t now) {
    int found = NONE;
    for (Running *one = atomic_load(&everywhere); one != NULL; one = one->next) {
        uint64_t since = atomic_load_explicit(&one->since, memory_order_relaxed);
        if (since == 0 || since + least > now)
            continue;
        if (atomic_load_explicit(&one->is_main, memory_order_relaxed))
            return MAIN;
        found = ANOTHER;
    }
    return found;
}

/* In a forked child: the other threads are gone, in the midst of their steps, and who forked is its main one. */
void running_forget_others(void) {
    for (Running *one = atomic_load(&everywhere); one != NULL; one = one->next) {
        if (one != here)
            atomic_store(&one->since, 0);
        atomic_store(&one->is_main, one == here);
    }
    capture_forget();
}

typedef struct {
    PyObject_HEAD
    pthread_mutex_t mutex;
    pthread_cond_t woken;
    int wakes;
} Watch;

static PyObject *watch_new(PyTypeObject *type, PyObject *args, PyObject *named) {
    if (!PyArg_ParseTuple(args, ":Watch"))
        return NULL;
    Watch *self = (Watch *)type->tp_alloc(type, 0);
    if (self == NULL)
        return NULL;
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&self->mutex, NULL);
    pthread_cond_init(&self->woken, &monotonic);
    pthread_condattr_destroy(&monotonic);
    self->wakes = 0;
    return (PyObject *)self;
}

static void watch_dealloc(Watch *self) {
    PyTypeObject *type = Py_TYPE(self);
    pthread_cond_destroy(&self->woken);
    pthread_mutex_destroy(&self->mutex);
    type->tp_free(self);
    Py_DECREF(type);
}

static uint64_t wait_for(Watch *self, uint64_t interval, uint64_t longest, uint64_t least) {
    uint64_t until = now_ns() + longest, now;
    pthread_mutex_lock(&self->mutex);
    do {
        uint64_t next = now_ns() + interval;
        struct timespec time = {(time_t)(next / 1000000000u), (long)(next % 1000000000u)};
        int late = 0;
        while (self->wakes == 0 && late != ETIMEDOUT)
            late = pthread_cond_timedwait(&self->woken, &self->mutex, &time);
        now = now_ns();
    } while (self->wakes == 0 && now < until && longer_than(least, now) == NONE);
    self->wakes = 0;
    pthread_mutex_unlock(&self->mutex);
    if (longer_than(least, now) == MAIN)
        capture_ask();
    return now;
}

/* wait(interval, longest, least): look every `interval` nanoseconds until a step has lasted for `least`, or `longest`
 * is over, or somebody wakes; the time at which that was so, before the GIL was asked for. */
static PyObject *watch_wait(Watch *self, PyObject *args) {
    unsigned long long interval, longest, least;
    uint64_t now;
    if (!PyArg_ParseTuple(args, "KKK:wait", &interval, &longest, &least))
        return NULL;
    Py_BEGIN_ALLOW_THREADS
    now = wait_for(self, interval, longest, least);
    Py_END_ALLOW_THREADS
    return PyLong_FromUnsignedLongLong(now);
}

static PyObject *watch_wake(Watch *self, PyObject *nothing) {
    pthread_mutex_lock(&self->mutex);
    self->wakes++;
    pthread_cond_signal(&self->woken);
    pthread_mutex_unlock(&self->mutex);
    Py_RETURN_NONE;
}

static PyMethodDef watch_methods[] = {
    {"wait", (PyCFunction)watch_wait, METH_VARARGS, "Wait without the GIL; see the source."},
    {"wake", (PyCFunction)watch_wake, METH_NOARGS, "End a wait, or the next."},
    {NULL},
};

static PyType_Slot watch_slots[] = {
    {Py_tp_doc, "Watch(): waits until a step of any loop has lasted for long."},
    {Py_tp_new, watch_new},
    {Py_tp_dealloc, watch_dealloc},
    {Py_tp_methods, watch_methods},
    {0, NULL},
};

PyType_Spec watch_spec = {
    .name = "_asyncwhy_recorder.Watch",
    .basicsize = sizeof(Watch),
    .flags = Py_TPFLAGS_DEFAULT,
    .slots = watch_slots,
};
