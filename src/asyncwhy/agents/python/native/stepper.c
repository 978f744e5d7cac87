/* Stepper: runs and records a handle, and schedules one.  The handle's own Python method calls `run` in place of
 * `self._context.run(self._callback, *self._args)`, and `call_soon` asks `schedule` first: so every frame that a
 * program can see stays, and an exception passes through the same line of the same function.
 */
#include "recorder.h"
#include <stddef.h>
#if PY_VERSION_HEX < 0x030c0000
#include <structmember.h> /* PyMemberDef */
#endif

#define SLOT(object, offset) (*(PyObject **)((char *)(object) + (offset)))

/* --- running ----------------------------------------------------------------------------------------- */

/* A long wait is over: where the task stood is read here, or by Python. */
static int tell_wait(Stepper *self, PyObject *handle, PyObject *args, PyObject *task, Entry *entry, uint64_t start,
                     uint64_t ready) {
    int told = waits_note(self, PyTuple_GET_SIZE(args) ? PyTuple_GET_ITEM(args, 0) : NULL, task, entry, start, ready);
    if (told != 0)
        return told < 0 ? -1 : 0;
    PyObject *done = PyObject_CallFunction(self->waited, "OOOKK", handle, task, entry, (unsigned long long)start,
                                           (unsigned long long)ready);
    Py_XDECREF(done);
    return done == NULL ? -1 : 0;
}

/* A plain callback that was met before; one that was scheduled by no call of the loop's (a reader of a socket)
 * could run since its iteration began. */
static Entry *known_callback(Stepper *self, PyObject *handle, PyObject *callback, PyObject *owner, uint64_t *ready) {
    PyObject *code = code_of(callback);
    if (code == NULL || Py_TYPE(handle) != self->handle_type || is_task(self, owner))
        return NULL;
    Entry *entry;
    LOCKED(self->callbacks);
    entry = entries_find(self->callbacks, code);
    Py_XINCREF(entry);
    UNLOCKED();
    if (entry != NULL && *ready == 0) {
        PyObject *thread = PyLong_FromUnsignedLong(PyThread_get_thread_ident());
        PyObject *since = thread == NULL ? NULL : PyDict_GetItem(self->iterations, thread);
        *ready = since == NULL ? 0 : PyLong_AsUnsignedLongLong(since);
        Py_XDECREF(thread);
        PyErr_Clear();
    }
    return entry;
}

static Entry *entry_of_other(Stepper *self, PyObject *handle, PyObject *callback, PyObject *owner, uint64_t start,
                             uint64_t *ready) {
    Entry *known = known_callback(self, handle, callback, owner, ready);
    if (known != NULL)
        return known;
    PyObject *found = PyObject_CallFunction(self->other, "OOKK", handle, owner ? owner : Py_None,
                                            (unsigned long long)start, (unsigned long long)*ready);
    if (found == NULL)
        return NULL;
    Entry *entry = NULL;
    if (PyTuple_CheckExact(found) && PyTuple_GET_SIZE(found) == 2 &&
        Py_TYPE(PyTuple_GET_ITEM(found, 0)) == state_of(Py_TYPE(self))->entry) {
        entry = (Entry *)PyTuple_GET_ITEM(found, 0);
        Py_INCREF(entry);
        *ready = PyLong_AsUnsignedLongLong(PyTuple_GET_ITEM(found, 1));
    } else
        PyErr_SetString(PyExc_SystemError, "other: no entry");
    Py_DECREF(found);
    return entry;
}

/* Who is about to run, with the wait that is over told; NULL with an error set. */
static Entry *identify(Stepper *self, PyObject *handle, PyObject *callback, PyObject *args, uint64_t start,
                       uint64_t *ready) {
    PyObject *kept = NULL;
    PyObject *owner = owner_of(self, callback, &kept);
    Entry *entry = NULL;
    if (owner == NULL && PyErr_Occurred()) {
        if (!PyErr_ExceptionMatches(PyExc_Exception))
            return NULL; /* an interrupt: the program's */
        PyErr_Clear();
    }
    if (owner != NULL && Py_TYPE(owner) == self->task_type) {
        entry = entry_of_task(self, owner);
        if (entry != NULL && has_waited(self, entry, start, *ready) &&
            tell_wait(self, handle, args, owner, entry, start, *ready) < 0)
            Py_CLEAR(entry);
    } else
        entry = entry_of_other(self, handle, callback, owner, start, ready);
    Py_XDECREF(kept);
    return entry;
}

static PyObject *call_in(PyObject *context, PyObject *callback, PyObject *args) {
    if (PyContext_Enter(context) < 0)
        return NULL;
    PyObject *result = PyObject_Vectorcall(callback, &PyTuple_GET_ITEM(args, 0), (size_t)PyTuple_GET_SIZE(args), NULL);
    if (PyContext_Exit(context) < 0)
        Py_CLEAR(result);
    return result;
}

/* What is known of this thread; where there is a GIL, that of the last one is at hand. */
static Running *running_in(Stepper *self, unsigned long thread) {
#ifdef Py_GIL_DISABLED
    return running_here();
#else
    if (!running_is_of(self->running, thread))
        self->running = running_here();
    return self->running;
#endif
}

/* run(handle): call what the handle is for, in its context, and record the step; True.  False, with nothing done, where
 * the handle holds something else than asyncio puts there. */
static PyObject *stepper_run(Stepper *self, PyObject *handle) {
    if (!PyObject_TypeCheck(handle, self->handle_type))
        Py_RETURN_FALSE;
    uint64_t start = now_ns(), ready = 0;
    PyObject *callback = SLOT(handle, self->callback), *args = SLOT(handle, self->args);
    PyObject *context = SLOT(handle, self->context), *noted = SLOT(handle, self->repr);
    if (callback == NULL || args == NULL || context == NULL || !PyTuple_CheckExact(args) || !PyContext_CheckExact(context))
        Py_RETURN_FALSE;
    if (noted != NULL && PyLong_CheckExact(noted))
        ready = PyLong_AsUnsignedLongLong(noted);
    Py_INCREF(callback);
    Py_INCREF(args);
    Py_INCREF(context);
    Entry *entry = identify(self, handle, callback, args, start, &ready);
    if (PyErr_Occurred() && is_ours())
        PyErr_Clear(); /* the program goes on, unrecorded */
    unsigned long thread = PyThread_get_thread_ident();
    Running *running = running_in(self, thread);
    uint64_t outer = running_begin(running, start);
    PyObject *result = PyErr_Occurred() ? NULL : call_in(context, callback, args);
    running_end(running, outer);
    if (entry != NULL)
        record(self, entry, start, ready, thread);
    Py_XDECREF(entry);
    Py_DECREF(callback);
    Py_DECREF(args);
    Py_DECREF(context);
    if (result == NULL || PyErr_Occurred()) {
        Py_XDECREF(result);
        return NULL;
    }
    Py_DECREF(result);
    Py_RETURN_TRUE;
}

/* --- scheduling -------------------------------------------------------------------------------------- */

/* Calls that asyncio's own function nests; where no more than so many are left, its error is to come up. */
#define NESTED 32

static int is_deep(void) {
    PyThreadState *thread = PyThreadState_Get();
#if PY_VERSION_HEX >= 0x030c0000
    return thread->py_recursion_remaining <= NESTED;
#elif PY_VERSION_HEX >= 0x030b0000
    return thread->recursion_remaining <= NESTED;
#else
    return Py_GetRecursionLimit() - thread->recursion_depth <= NESTED;
#endif
}

/* What `call_soon` gives: the loop, the call, and what would have to be as asyncio has it. */
enum { LOOP, CALLBACK, ARGS, CONTEXT, QUEUE, CLOSED, DEBUG, HANDLE, INIT, GIVEN };

/* Whether the loop schedules as asyncio's own: asked of Python once for each class, and the rest every time. */
static int schedules_plainly(Stepper *self, PyObject *const *given) {
    PyObject *loop = given[LOOP];
    if (Py_TYPE(loop) != self->suitable) {
        PyObject *answer = PyObject_CallFunctionObjArgs(self->suits, (PyObject *)Py_TYPE(loop), NULL);
        if (answer == NULL)
            PyErr_Clear();
        Py_XDECREF(answer);
        if (answer != Py_True)
            return 0;
        self->suitable = Py_TYPE(loop); /* `suits` keeps every class that it says yes to */
    }
    return PySet_GET_SIZE(self->asleep) == 0 && given[CLOSED] == Py_False && given[DEBUG] == Py_False &&
           given[HANDLE] == (PyObject *)self->handle_type && given[INIT] == self->handle_init &&
           PyTuple_CheckExact(given[ARGS]);
}

/* Put a handle at the end of the loop's queue: a deque, unless somebody has made something else of it. */
static int enqueue(Stepper *self, PyObject *queue, PyObject *handle) {
    PyObject *done = Py_TYPE(queue) == self->deque ? self->append_to(queue, handle)
                                                   : PyObject_CallMethodObjArgs(queue, self->append, handle, NULL);
    Py_XDECREF(done);
    return done == NULL ? -1 : 0;
}

static void fill(PyObject *handle, Py_ssize_t offset, PyObject *value) {
    Py_INCREF(value);
    SLOT(handle, offset) = value;
}

/* schedule(loop, callback, args, context, ...): a new handle in the loop's queue, with the time; None where asyncio's
 * own function has more to do than that. */
static PyObject *stepper_schedule(Stepper *self, PyObject *const *given, Py_ssize_t count) {
    if (count != GIVEN || is_deep() || !schedules_plainly(self, given))
        Py_RETURN_NONE;
    PyObject *context = given[CONTEXT] == Py_None ? PyContext_CopyCurrent() : Py_NewRef(given[CONTEXT]);
    PyObject *noted = context == NULL ? NULL : PyLong_FromUnsignedLongLong(now_ns());
    PyObject *handle = noted == NULL ? NULL : self->handle_type->tp_alloc(self->handle_type, 0);
    if (handle == NULL) {
        Py_XDECREF(context);
        Py_XDECREF(noted);
        return NULL;
    }
    SLOT(handle, self->context) = context;
    SLOT(handle, self->repr) = noted;
    fill(handle, self->loop, given[LOOP]);
    fill(handle, self->callback, given[CALLBACK]);
    fill(handle, self->args, given[ARGS]);
    fill(handle, self->cancelled, Py_False);
    fill(handle, self->source, Py_None);
    if (enqueue(self, given[QUEUE], handle) < 0)
        Py_CLEAR(handle);
    return handle;
}

/* --- the object -------------------------------------------------------------------------------------- */

static Py_ssize_t offset_of(PyTypeObject *type, const char *name) {
    PyObject *member = PyDict_GetItemString(type->tp_dict, name);
    if (member == NULL || Py_TYPE(member) != &PyMemberDescr_Type) {
        PyErr_Format(PyExc_TypeError, "%s.%s is no slot", type->tp_name, name);
        return -1;
    }
    return ((PyMemberDescrObject *)member)->d_member->offset;
}

static int find_slots(Stepper *self) {
    const char *names[] = {"_callback", "_args", "_context", "_loop", "_cancelled", "_repr", "_source_traceback"};
    Py_ssize_t *places[] = {&self->callback, &self->args, &self->context, &self->loop,
                            &self->cancelled, &self->repr, &self->source};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if ((*places[i] = offset_of(self->handle_type, names[i])) < 0)
            return -1;
    return 0;
}

/* The queue of asyncio's loops, and what its `append` runs. */
static int find_deque(Stepper *self) {
    PyObject *module = PyImport_ImportModule("collections");
    PyObject *deque = module == NULL ? NULL : PyObject_GetAttrString(module, "deque");
    PyObject *append = deque == NULL ? NULL : PyObject_GetAttrString(deque, "append");
    Py_XDECREF(module);
    if (append != NULL && Py_TYPE(append) == &PyMethodDescr_Type) {
        PyMethodDef *method = ((PyMethodDescrObject *)append)->d_method;
        if (method->ml_flags == METH_O) {
            self->deque = (PyTypeObject *)Py_NewRef(deque);
            self->append_to = method->ml_meth;
        }
    }
    Py_XDECREF(append);
    Py_XDECREF(deque);
    return PyErr_Occurred() ? -1 : 0;
}

static int name_things(Stepper *self) {
    self->append = PyUnicode_InternFromString("append");
    self->owner = PyUnicode_InternFromString("__self__");
    return self->append == NULL || self->owner == NULL ? -1 : find_deque(self);
}

static void stepper_dealloc(Stepper *self) {
    PyTypeObject *type = Py_TYPE(self);
    PyObject **owned[] = {(PyObject **)&self->entries, (PyObject **)&self->rows, (PyObject **)&self->handle_type,
                          (PyObject **)&self->task_type, (PyObject **)&self->python_task,
                          (PyObject **)&self->callbacks, (PyObject **)&self->deque, &self->handle_init, &self->adopt,
                          &self->waited, &self->other, &self->longer, &self->suits, &self->asleep, &self->iterations,
                          &self->append, &self->owner, (PyObject **)&self->waits};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        Py_CLEAR(*owned[i]);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyObject *stepper_new(PyTypeObject *type, PyObject *args, PyObject *named) {
    static char *names[] = {"entries", "callbacks", "rows", "handle_type", "task_type", "python_task", "asleep",
                            "iterations", "adopt", "waited", "other", "longer", "suits",
                            "long_ns", "starved_ns", "hold_ns", "waits", NULL};
    State *state = state_of(type);
    PyObject *given[13], *waits = NULL;
    unsigned long long long_ns, starved_ns, hold_ns;
    if (!PyArg_ParseTupleAndKeywords(
            args, named, "O!O!O!O!O!O!O!O!OOOOOKKK|O!:Stepper", names, state->entries, &given[0], state->entries,
            &given[1], state->rows, &given[2], &PyType_Type, &given[3], &PyType_Type, &given[4], &PyType_Type, &given[5],
            &PySet_Type, &given[6], &PyDict_Type, &given[7], &given[8], &given[9], &given[10], &given[11],
            &given[12], &long_ns, &starved_ns, &hold_ns, state->waits, &waits))
        return NULL;
    Stepper *self = (Stepper *)type->tp_alloc(type, 0);
    if (self == NULL)
        return NULL;
    PyObject **places[] = {(PyObject **)&self->entries, (PyObject **)&self->callbacks, (PyObject **)&self->rows,
                           (PyObject **)&self->handle_type, (PyObject **)&self->task_type,
                           (PyObject **)&self->python_task, &self->asleep, &self->iterations,
                           &self->adopt, &self->waited, &self->other, &self->longer, &self->suits};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        Py_INCREF(given[i]);
        *places[i] = given[i];
    }
    Py_XINCREF(waits);
    self->waits = (Waits *)waits;
    self->long_ns = long_ns, self->starved_ns = starved_ns, self->hold_ns = hold_ns;
    self->handle_init = PyDict_GetItemString(self->handle_type->tp_dict, "__init__");
    Py_XINCREF(self->handle_init);
    if (self->handle_init == NULL || find_slots(self) < 0 || name_things(self) < 0) {
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_TypeError, "a handle without __init__");
        Py_CLEAR(self);
    }
    return (PyObject *)self;
}

static PyMethodDef stepper_methods[] = {
    /* METH_O, since CPython 3.11 counts such a call as one level of recursion however warm the caller is, as it
     * counts the call of `Context.run` that this stands for (its specialised METH_FASTCALL call counts none). */
    {"run", (PyCFunction)stepper_run, METH_O, "Call what a handle is for, in its context, and record the step."},
    {"schedule", (PyCFunction)(void (*)(void))stepper_schedule, METH_FASTCALL,
     "A new handle in a loop's queue; None where asyncio's own function has more to do."},
    {NULL},
};

static PyType_Slot stepper_slots[] = {
    {Py_tp_doc, "Stepper(...): runs and schedules handles, and records their steps."},
    {Py_tp_new, stepper_new},
    {Py_tp_dealloc, stepper_dealloc},
    {Py_tp_methods, stepper_methods},
    {0, NULL},
};

PyType_Spec stepper_spec = {
    .name = "_asyncwhy_recorder.Stepper",
    .basicsize = sizeof(Stepper),
    .flags = Py_TPFLAGS_DEFAULT,
    .slots = stepper_slots,
};
