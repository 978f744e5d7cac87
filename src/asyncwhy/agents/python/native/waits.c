/* Where a task stood while it waited: `waits.py` in C, for what is made of CPython's own coroutines and generators.
 * Whatever else stands in the chain is Python's to look at, and then nothing was written here.
 *
 * A getter of CPython's own types is asked, never their fields; everything in hand is owned, since making a frame or a
 * weak reference may set off a collection, which runs the program's finalizers.
 */
#include "recorder.h"

#define LONGEST 60 /* `waits.DEEPEST` */

typedef struct {
    int depth;
    PyObject *owner[LONGEST]; /* outermost first, all owned */
    Place place[LONGEST];
} Chain;

static void let_go(Chain *chain) {
    for (int i = 0; i < chain->depth; i++) {
        Py_DECREF(chain->owner[i]);
        Py_DECREF(chain->place[i].code);
    }
    chain->depth = 0;
}

/* Which attributes of a suspended object tell its frame, and what it waits for; 0 for what has none that we know. */
static int kind_of(Waits *self, PyTypeObject *type, PyObject **frame, PyObject **following) {
    if (type == &PyCoro_Type)
        *frame = self->cr_frame, *following = self->cr_await;
    else if (type == &PyGen_Type)
        *frame = self->gi_frame, *following = self->gi_yieldfrom;
    else if (type == &PyAsyncGen_Type)
        *frame = self->ag_frame, *following = self->ag_await;
    else
        return 0;
    return 1;
}

static int is_builtin(PyTypeObject *type, const char *name) {
    return !(type->tp_flags & Py_TPFLAGS_HEAPTYPE) && strcmp(type->tp_name, name) == 0;
}

static int is_wrapper(PyTypeObject *type) {
    return is_builtin(type, "coroutine_wrapper") || is_builtin(type, "async_generator_asend") ||
           is_builtin(type, "async_generator_athrow") || is_builtin(type, "anext_awaitable");
}

static int first_of(PyObject *inside, void *found) {
    *(PyObject **)found = inside;
    return 1;
}

enum { ENDED, GOES_ON, STRANGE, NOT_BEGUN };

/* From `walk` (owned) to what it waits for (owned, or NULL), with its frame noted. */
static int follow(Waits *self, Chain *chain, PyObject **walk) {
    PyObject *here = *walk, *frame_name, *following_name, *next = NULL;
    PyTypeObject *type = Py_TYPE(here);
    if (kind_of(self, type, &frame_name, &following_name)) {
        PyObject *frame = PyObject_GetAttr(here, frame_name);
        next = frame == NULL ? NULL : PyObject_GetAttr(here, following_name);
        if (next == NULL || !(frame == Py_None || PyFrame_Check(frame))) {
            Py_XDECREF(frame);
            Py_XDECREF(next);
            PyErr_Clear();
            return STRANGE;
        }
        if (frame != Py_None) {
            chain->owner[chain->depth] = Py_NewRef(here);
            chain->place[chain->depth].code = (PyObject *)PyFrame_GetCode((PyFrameObject *)frame);
            chain->place[chain->depth++].lasti = lasti_of((PyFrameObject *)frame);
        }
        if (frame == Py_None || next == Py_None)
            Py_CLEAR(next);
        Py_DECREF(frame);
    } else if (is_wrapper(type)) {
        type->tp_traverse(here, first_of, &next); /* as gc.get_referents */
        Py_XINCREF(next);
    } else if (strcmp(type->tp_name, "_asyncio.FutureIter") != 0)
        return STRANGE; /* asyncio's own, in C, ends most chains */
    Py_SETREF(*walk, next);
    return next == NULL ? ENDED : GOES_ON;
}

/* The chain of a coroutine: ENDED, or NOT_BEGUN, or STRANGE where Python has to look. */
static int follow_all(Waits *self, Chain *chain, PyObject *coroutine) {
    if (Py_TYPE(coroutine) != &PyCoro_Type && Py_TYPE(coroutine) != &PyGen_Type)
        return STRANGE;
    PyObject *walk = Py_NewRef(coroutine);
    int going = follow(self, chain, &walk);
    if (going == ENDED)
        going = NOT_BEGUN;
    while (going == GOES_ON && chain->depth < LONGEST)
        going = follow(self, chain, &walk);
    Py_XDECREF(walk);
    return going == GOES_ON ? ENDED : going;
}

/* How many of the outer frames are those of the wait before, by the weak references that the entry keeps; those of the
 * others take their place.  -1 where Python has to look: a compiled coroutine takes no such references. */
static int kept_of(const Chain *chain, Entry *entry) {
    PyObject *before = entry->kept;
    Py_ssize_t length = before == NULL ? 0 : PyList_CheckExact(before) ? PyList_GET_SIZE(before) : -1;
    int kept = 0;
    while (kept < length && kept < chain->depth) {
        PyObject *reference = PyList_GET_ITEM(before, kept);
        if (!PyWeakref_CheckRefExact(reference) || PyWeakref_GET_OBJECT(reference) != chain->owner[kept])
            break;
        kept++;
    }
    if (length < 0 || (kept == chain->depth && kept == length))
        return length < 0 ? -1 : kept;
    PyObject *now = PyList_New(chain->depth);
    Py_XINCREF(before);
    for (int i = 0; now != NULL && i < chain->depth; i++) {
        PyObject *reference = i < kept ? Py_NewRef(PyList_GET_ITEM(before, i)) : PyWeakref_NewRef(chain->owner[i], NULL);
        if (reference == NULL)
            Py_CLEAR(now);
        else
            PyList_SET_ITEM(now, i, reference);
    }
    Py_XDECREF(before);
    if (now == NULL)
        return -1;
    Py_XSETREF(entry->kept, now);
    return kept;
}

/* The number of a type's name among the strings; -1 with an error. */
static int64_t name_of(Waits *self, PyObject *awaited) {
    PyObject *name = awaited == NULL || awaited == Py_None ? Py_NewRef(self->yield)
                                                           : PyObject_GetAttr((PyObject *)Py_TYPE(awaited), self->name);
    PyObject *known = name == NULL || !PyUnicode_CheckExact(name) ? NULL : PyDict_GetItemWithError(self->strings, name);
    PyObject *made = known != NULL             ? Py_NewRef(known)
                     : name == NULL || PyErr_Occurred() ? NULL
                                               : PyObject_CallFunctionObjArgs(self->string, name, NULL);
    int64_t number = made == NULL ? -1 : PyLong_AsLongLong(made);
    Py_XDECREF(made);
    Py_XDECREF(name);
    return number;
}

static uint64_t number_of(Stepper *stepper, PyObject *awaited) {
    Entry *other = awaited != NULL && is_task(stepper, awaited) ? entries_find(stepper->entries, awaited) : NULL;
    return other == NULL ? 0 : other->number;
}

static int64_t stack_of(Waits *self, const Chain *chain) {
    Place inside[LONGEST];
    for (int i = 0; i < chain->depth; i++)
        inside[i] = chain->place[chain->depth - 1 - i];
    return stacks_number(self->stacks, inside, chain->depth);
}

/* An error on our way: Python has to look, unless it is an interrupt of the program's. */
static int pass_or_clear(void) {
    if (!PyErr_ExceptionMatches(PyExc_Exception))
        return -1;
    PyErr_Clear();
    return 0;
}

/* The rows of a wait whose chain is in hand: 1, or 0 where Python has to look, or -1 with an error. */
static int write_wait(Waits *self, Stepper *stepper, const Chain *chain, PyObject *awaited, Entry *entry, uint64_t start,
                      uint64_t ready) {
    int64_t kind = name_of(self, awaited), stack = kind < 0 ? -1 : stack_of(self, chain);
    int kept = stack < 0 ? -1 : kept_of(chain, entry);
    if (PyErr_Occurred())
        return pass_or_clear();
    if (kept < 0)
        return 0;
    uint64_t since = (uint64_t)entry->last, other = number_of(stepper, awaited);
    rows_append(self->waits, (uint64_t[]){entry->number, since, ready, start, (uint64_t)stack, (uint64_t)kind, other,
                                          PyThread_get_thread_ident()});
    if (kept > 0)
        rows_append(self->kept, (uint64_t[]){entry->number, since, (uint64_t)kept});
    return 1;
}

/* A long wait of a task of asyncio's own class is over: 1 if that was told, 0 where Python has to look, -1 with an
 * error.  `awaited`: what the task's step is given; NULL for nothing. */
int waits_note(Stepper *stepper, PyObject *awaited, PyObject *task, Entry *entry, uint64_t start, uint64_t ready) {
    Waits *self = stepper->waits;
#ifdef Py_GIL_DISABLED
    return 0;
#endif
    if (self == NULL || entry->last < 0 || Py_TYPE(task) != stepper->task_type)
        return 0;
    uint64_t begun = now_ns();
    if (self->used_ns > self->most_ns) {
        self->skipped++;
        return 1;
    }
    PyObject *coroutine = self->get_coro == NULL ? NULL : self->get_coro(task, NULL);
    if (coroutine == NULL) {
        PyErr_Clear();
        return 0;
    }
    Chain chain = {0};
    int going = follow_all(self, &chain, coroutine);
    int done = going == STRANGE     ? 0
               : going == NOT_BEGUN ? 1
                                    : write_wait(self, stepper, &chain, awaited, entry, start, ready);
    let_go(&chain);
    Py_DECREF(coroutine);
    self->used_ns += now_ns() - begun;
    return done;
}

/* --- the object -------------------------------------------------------------------------------------- */

/* refill(most): so many nanoseconds may be used from now on; how many waits were left out since. */
static PyObject *waits_refill(Waits *self, PyObject *most) {
    uint64_t skipped = self->skipped, allowed = PyLong_AsUnsignedLongLong(most);
    if (PyErr_Occurred())
        return NULL;
    self->skipped = self->used_ns = 0;
    self->most_ns = allowed;
    return PyLong_FromUnsignedLongLong(skipped);
}

/* begin_anew(strings, string): name -> number, and who is asked for a new one. */
static PyObject *waits_begin_anew(Waits *self, PyObject *args) {
    PyObject *strings, *string;
    if (!PyArg_ParseTuple(args, "O!O:begin_anew", &PyDict_Type, &strings, &string))
        return NULL;
    Py_INCREF(strings);
    Py_INCREF(string);
    Py_XSETREF(self->strings, strings);
    Py_XSETREF(self->string, string);
    Py_RETURN_NONE;
}

static int name_things(Waits *self, PyTypeObject *task_type) {
    const char *names[] = {"cr_frame", "cr_await", "gi_frame", "gi_yieldfrom", "ag_frame", "ag_await", "__name__", "yield"};
    PyObject **places[] = {&self->cr_frame, &self->cr_await, &self->gi_frame, &self->gi_yieldfrom,
                           &self->ag_frame, &self->ag_await, &self->name, &self->yield};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if ((*places[i] = PyUnicode_InternFromString(names[i])) == NULL)
            return -1;
    PyObject *method = PyDict_GetItemString(task_type->tp_dict, "get_coro"); /* where asyncio has it in C */
    if (method != NULL && Py_TYPE(method) == &PyMethodDescr_Type &&
        ((PyMethodDescrObject *)method)->d_method->ml_flags == METH_NOARGS)
        self->get_coro = ((PyMethodDescrObject *)method)->d_method->ml_meth;
    return 0;
}

static PyObject *waits_new(PyTypeObject *type, PyObject *args, PyObject *named) {
    State *state = state_of(type);
    PyObject *waits, *kept, *stacks, *task_type, *strings, *string;
    unsigned long long most;
    if (!PyArg_ParseTuple(args, "O!O!O!O!O!OK:Waits", state->rows, &waits, state->rows, &kept, state->stacks, &stacks,
                          &PyType_Type, &task_type, &PyDict_Type, &strings, &string, &most))
        return NULL;
    if (((Rows *)waits)->columns != 8 || ((Rows *)kept)->columns != 3)
        return PyErr_Format(PyExc_ValueError, "waits have 8 columns, what they kept has 3");
    Waits *self = (Waits *)type->tp_alloc(type, 0);
    if (self == NULL)
        return NULL;
    self->waits = (Rows *)Py_NewRef(waits), self->kept = (Rows *)Py_NewRef(kept);
    self->stacks = (Stacks *)Py_NewRef(stacks);
    self->strings = Py_NewRef(strings), self->string = Py_NewRef(string);
    self->most_ns = most;
    if (name_things(self, (PyTypeObject *)task_type) < 0)
        Py_CLEAR(self);
    return (PyObject *)self;
}

static void waits_dealloc(Waits *self) {
    PyTypeObject *type = Py_TYPE(self);
    PyObject **owned[] = {(PyObject **)&self->waits, (PyObject **)&self->kept, (PyObject **)&self->stacks,
                          &self->strings, &self->string, &self->cr_frame, &self->cr_await, &self->gi_frame,
                          &self->gi_yieldfrom, &self->ag_frame, &self->ag_await, &self->name, &self->yield};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        Py_CLEAR(*owned[i]);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyMethodDef waits_methods[] = {
    {"refill", (PyCFunction)waits_refill, METH_O, "Allow so many nanoseconds more; how many waits were left out."},
    {"begin_anew", (PyCFunction)waits_begin_anew, METH_VARARGS, "Another table of names."},
    {NULL},
};

static PyType_Slot waits_slots[] = {
    {Py_tp_doc, "Waits(waits, kept, stacks, task_type, strings, string, most_ns): where tasks stood while they waited."},
    {Py_tp_new, waits_new},
    {Py_tp_dealloc, waits_dealloc},
    {Py_tp_methods, waits_methods},
    {0, NULL},
};

PyType_Spec waits_spec = {
    .name = "_asyncwhy_recorder.Waits",
    .basicsize = sizeof(Waits),
    .flags = Py_TPFLAGS_DEFAULT,
    .slots = waits_slots,
};
