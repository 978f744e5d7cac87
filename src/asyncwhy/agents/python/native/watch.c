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
    _Atomic unsigned long thread; /* whose it is; 0: nobody's any more, to be taken by the next */
    struct Running *next;
};

static int is_main_thread(void) { return syscall(SYS_gettid) == getpid(); }

/* One for each thread that runs steps.  They are never freed, since the sampler walks them without a lock; a thread that
 * ends leaves its own to the next, so a program that starts a thread with a loop per call has no more of them than
 * such threads at one time (`test_a_thread_that_ended_leaves_its_place`). */
static _Atomic(Running *) everywhere;
static _Thread_local Running *here;
static pthread_key_t ending;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static int noticed; /* whether we are told when a thread ends */

static void leave(void *own) {
    here = NULL;
    atomic_store(&((Running *)own)->since, 0);
    atomic_store(&((Running *)own)->thread, 0);
}

static void notice_endings(void) { noticed = pthread_key_create(&ending, leave) == 0; }

static Running *left_by_another(unsigned long thread) {
    for (Running *one = atomic_load(&everywhere); one != NULL; one = one->next) {
        unsigned long nobody = 0;
        if (atomic_compare_exchange_strong(&one->thread, &nobody, thread))
            return one;
    }
    return NULL;
}

static Running *made_for(unsigned long thread) {
    Running *made = PyMem_RawCalloc(1, sizeof(Running));
    if (made != NULL) {
        made->thread = thread;
        made->next = atomic_load(&everywhere);
        while (!atomic_compare_exchange_weak(&everywhere, &made->next, made)) {
        }
    }
    return made;
}

Running *running_here(void) {
    if (here != NULL)
        return here;
    unsigned long thread = PyThread_get_thread_ident();
    pthread_once(&once, notice_endings);
    here = left_by_another(thread);
    if (here == NULL)
        here = made_for(thread);
    if (here != NULL) {
        atomic_store(&here->is_main, is_main_thread());
        if (noticed)
            pthread_setspecific(ending, here);
    }
    return here;
}

int running_is_of(Running *one, unsigned long thread) {
    return one != NULL && atomic_load_explicit(&one->thread, memory_order_relaxed) == thread;
}

uint64_t running_begin(Running *own, uint64_t start) {
    return own == NULL ? 0 : atomic_exchange_explicit(&own->since, start, memory_order_relaxed);
}

void running_end(Running *own, uint64_t outer) {
    if (own != NULL)
        atomic_store_explicit(&own->since, outer, memory_order_relaxed);
}

/* places(): how many threads' there are; for the tests. */
PyObject *running_places(PyObject *module, PyObject *nothing) {
    long count = 0;
    for (Running *one = atomic_load(&everywhere); one != NULL; one = one->next)
        count++;
    return PyLong_FromLong(count);
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
        if (one != here) {
            atomic_store(&one->since, 0);
            atomic_store(&one->thread, 0);
        }
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

static void prepare(Watch *self) {
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&self->mutex, NULL);
    pthread_cond_init(&self->woken, &monotonic);
    pthread_condattr_destroy(&monotonic);
    self->wakes = 0;
}

static PyObject *watch_new(PyTypeObject *type, PyObject *args, PyObject *named) {
    if (!PyArg_ParseTuple(args, ":Watch"))
        return NULL;
    Watch *self = (Watch *)type->tp_alloc(type, 0);
    if (self != NULL)
        prepare(self);
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

/* In a forked child: who waited is gone, perhaps with the mutex in its hand; nothing may wait for it. */
static PyObject *watch_begin_anew(Watch *self, PyObject *nothing) {
    prepare(self);
    Py_RETURN_NONE;
}

static PyMethodDef watch_methods[] = {
    {"wait", (PyCFunction)watch_wait, METH_VARARGS, "Wait without the GIL; see the source."},
    {"wake", (PyCFunction)watch_wake, METH_NOARGS, "End a wait, or the next."},
    {"begin_anew", (PyCFunction)watch_begin_anew, METH_NOARGS, "In a forked child: nobody waits."},
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
