/* Step: a callback that records itself when it is called, for loops that have no handles of Python's (uvloop).
 *
 * It shows the attributes and the text of the callback that it stands for.
 */
#include "recorder.h"
#include <stddef.h>
#if PY_VERSION_HEX < 0x030c0000
#include <structmember.h>
#define Py_T_OBJECT_EX T_OBJECT_EX
#define Py_T_PYSSIZET T_PYSSIZET
#define Py_READONLY READONLY
#endif

typedef struct {
    PyObject_HEAD
    Stepper *stepper;
    PyObject *wrapped, *told; /* told(callback, arguments, task, entry, start, due): a long wait is over */
    PyObject *entry_of;       /* entry_of(callback, bits): what is no task's */
    uint64_t ready;
    PyObject *bits;
    vectorcallfunc call;
} Step;

static PyObject *tuple_of(PyObject *const *given, Py_ssize_t count) {
    PyObject *made = PyTuple_New(count);
    for (Py_ssize_t i = 0; made != NULL && i < count; i++) {
        Py_INCREF(given[i]);
        PyTuple_SET_ITEM(made, i, given[i]);
    }
    return made;
}

static int tell_wait(Step *self, PyObject *const *given, Py_ssize_t count, PyObject *task, Entry *entry,
                     uint64_t start, uint64_t due) {
    int noted = waits_note(self->stepper, count > 0 ? given[0] : NULL, task, entry, start, due);
    if (noted != 0)
        return noted < 0 ? -1 : 0;
    PyObject *arguments = tuple_of(given, count);
    PyObject *done = arguments == NULL ? NULL
                                       : PyObject_CallFunction(self->told, "OOOOKK", self->wrapped, arguments, task, entry,
                                                               (unsigned long long)start, (unsigned long long)due);
    Py_XDECREF(arguments);
    Py_XDECREF(done);
    return done == NULL ? -1 : 0;
}

static Entry *other_entry(Step *self) {
    Stepper *stepper = self->stepper;
    PyObject *code = PyObject_IsTrue(self->bits) ? NULL : code_of(self->wrapped);
    Entry *entry = NULL;
    if (code != NULL) {
        LOCKED(stepper->callbacks);
        entry = entries_find(stepper->callbacks, code);
        Py_XINCREF(entry);
        UNLOCKED();
    }
    if (entry != NULL)
        return entry;
    PyObject *made = PyObject_CallFunctionObjArgs(self->entry_of, self->wrapped, self->bits, NULL);
    if (made != NULL && Py_TYPE(made) != state_of(Py_TYPE(stepper))->entry) {
        Py_CLEAR(made);
        PyErr_SetString(PyExc_SystemError, "entry_of: no entry");
    }
    return (Entry *)made;
}

static Entry *identify(Step *self, PyObject *const *given, Py_ssize_t count, uint64_t start, uint64_t due) {
    Stepper *stepper = self->stepper;
    PyObject *kept = NULL, *owner = owner_of(stepper, self->wrapped, &kept);
    Entry *entry = NULL;
    if (owner == NULL && PyErr_Occurred()) {
        if (!PyErr_ExceptionMatches(PyExc_Exception))
            return NULL;
        PyErr_Clear();
    }
    if (is_task(stepper, owner)) {
        entry = entry_of_task(stepper, owner);
        if (entry != NULL && has_waited(stepper, entry, start, due) &&
            tell_wait(self, given, count, owner, entry, start, due) < 0)
            Py_CLEAR(entry);
    } else
        entry = other_entry(self);
    Py_XDECREF(kept);
    return entry;
}

static PyObject *step_call(PyObject *callable, PyObject *const *given, size_t flags, PyObject *named) {
    Step *self = (Step *)callable;
    uint64_t start = now_ns(), due = self->ready ? self->ready : start;
    Stepper *stepper = self->stepper;
    if (stepper == NULL || self->wrapped == NULL) { /* the collector has taken it apart */
        PyErr_SetString(PyExc_ReferenceError, "the callback was collected");
        return NULL;
    }
    Py_INCREF(self);
    Entry *entry = identify(self, given, PyVectorcall_NARGS(flags), start, due);
    if (PyErr_Occurred() && is_ours())
        PyErr_Clear();
    PyObject *result = PyErr_Occurred() ? NULL : PyObject_Vectorcall(self->wrapped, given, flags, named);
    if (entry != NULL)
        record(stepper, entry, start, due, PyThread_get_thread_ident());
    Py_XDECREF(entry);
    Py_DECREF(self);
    return result;
}

PyObject *step_make(Stepper *stepper, PyObject *wrapped, uint64_t ready, PyObject *bits, PyObject *told,
                    PyObject *entry_of) {
    PyTypeObject *type = state_of(Py_TYPE(stepper))->step;
    Step *self = (Step *)type->tp_alloc(type, 0);
    if (self == NULL)
        return NULL;
    self->stepper = (Stepper *)Py_NewRef((PyObject *)stepper);
    self->wrapped = Py_NewRef(wrapped), self->bits = Py_NewRef(bits);
    self->told = Py_NewRef(told), self->entry_of = Py_NewRef(entry_of);
    self->ready = ready;
    self->call = step_call;
    return (PyObject *)self;
}

static PyObject *step_new(PyTypeObject *type, PyObject *args, PyObject *named) {
    PyObject *stepper, *wrapped, *bits, *told, *entry_of;
    unsigned long long ready;
    if (!PyArg_ParseTuple(args, "O!OKOOO:Step", state_of(type)->stepper, &stepper, &wrapped, &ready, &bits, &told,
                          &entry_of))
        return NULL;
    return step_make((Stepper *)stepper, wrapped, ready, bits, told, entry_of);
}

static int step_traverse(Step *self, visitproc visit, void *arg) {
    Py_VISIT(self->wrapped);
#if PY_VERSION_HEX >= 0x03090000
    Py_VISIT(Py_TYPE(self));
#endif
    return 0;
}

static int step_clear(Step *self) {
    Py_CLEAR(self->stepper);
    Py_CLEAR(self->wrapped);
    Py_CLEAR(self->bits);
    Py_CLEAR(self->told);
    Py_CLEAR(self->entry_of);
    return 0;
}

static void step_dealloc(Step *self) {
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    step_clear(self);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyObject *step_getattr(Step *self, PyObject *name) {
    PyObject *own = PyObject_GenericGetAttr((PyObject *)self, name);
    if (own != NULL || !PyErr_ExceptionMatches(PyExc_AttributeError) || self->wrapped == NULL)
        return own;
    PyErr_Clear();
    return PyObject_GetAttr(self->wrapped, name);
}

static PyObject *step_repr(Step *self) { return PyObject_Repr(self->wrapped); }

static PyMemberDef step_members[] = {
    {"__wrapped__", Py_T_OBJECT_EX, offsetof(Step, wrapped), Py_READONLY, "The callback."},
    {"__vectorcalloffset__", Py_T_PYSSIZET, offsetof(Step, call), Py_READONLY, NULL},
    {NULL},
};

static PyType_Slot step_slots[] = {
    {Py_tp_doc, "Step(stepper, callback, ready, bits, told, entry_of): records its own calls."},
    {Py_tp_new, step_new},
    {Py_tp_dealloc, step_dealloc},
    {Py_tp_traverse, step_traverse},
    {Py_tp_clear, step_clear},
    {Py_tp_call, PyVectorcall_Call},
    {Py_tp_getattro, step_getattr},
    {Py_tp_repr, step_repr},
    {Py_tp_members, step_members},
    {0, NULL},
};

PyType_Spec step_spec = {
    .name = "_asyncwhy_recorder.Step",
    .basicsize = sizeof(Step),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC |
             Py_TPFLAGS_HAVE_VECTORCALL,
    .slots = step_slots,
};
