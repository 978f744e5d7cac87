/* Passing: a method of a loop that takes a callback (uvloop's), which passes it on as a Step.  What is not plain (another
 * thread's call, arguments that are not as expected) is left to the function of Python's that it stands for.
 */
#include "recorder.h"
#include <stddef.h>
#if PY_VERSION_HEX < 0x030c0000
#include <structmember.h>
#define Py_T_PYSSIZET T_PYSSIZET
#define Py_READONLY READONLY
#endif

#ifndef Py_GIL_DISABLED
#define MOST 16 /* arguments; who gives more waits for Python */

typedef struct {
    PyObject_HEAD
    Stepper *stepper;
    PyObject *base, *instead; /* the loop's own method; what is called where more is to do */
    PyObject *runs_in;        /* id of a running loop -> its thread */
    PyObject *told, *entry_of, *bits;
    int timed; /* a delay stands before the callback */
    vectorcallfunc call;
} Passing;

/* Whether the loop runs in this thread, or not at all. */
static int is_here(Passing *self, PyObject *loop) {
    PyObject *key = PyLong_FromVoidPtr(loop);
    PyObject *thread = key == NULL ? NULL : PyDict_GetItemWithError(self->runs_in, key);
    Py_XDECREF(key);
    if (thread == NULL)
        return !PyErr_Occurred();
    return PyLong_CheckExact(thread) && PyLong_AsUnsignedLong(thread) == PyThread_get_thread_ident();
}

/* When what is scheduled will be ready; 0 where Python has to say. */
static uint64_t ready_of(Passing *self, PyObject *const *given) {
    if (!self->timed)
        return now_ns();
    double delay = PyFloat_CheckExact(given[1])  ? PyFloat_AS_DOUBLE(given[1])
                   : PyLong_CheckExact(given[1]) ? PyLong_AsDouble(given[1])
                                                 : 1e9;
    return !PyErr_Occurred() && delay < 1e9 ? now_ns() + (uint64_t)((delay > 0 ? delay : 0) * 1e9) : 0;
}

static PyObject *passing_call(PyObject *callable, PyObject *const *given, size_t flags, PyObject *named) {
    Passing *self = (Passing *)callable;
    Py_ssize_t count = PyVectorcall_NARGS(flags), all = count + (named == NULL ? 0 : PyTuple_GET_SIZE(named));
    int at = 1 + self->timed;
    uint64_t ready = count > at && all <= MOST && (self->timed || is_here(self, given[0])) ? ready_of(self, given) : 0;
    PyErr_Clear();
    PyObject *step = ready == 0 ? NULL : step_make(self->stepper, given[at], ready, self->bits, self->told, self->entry_of);
    if (step == NULL) {
        PyErr_Clear();
        return PyObject_Vectorcall(self->instead, given, (size_t)count, named);
    }
    PyObject *passed[MOST];
    memcpy(passed, given, (size_t)all * sizeof *passed);
    passed[at] = step;
    PyObject *made = PyObject_Vectorcall(self->base, passed, (size_t)count, named);
    Py_DECREF(step);
    return made;
}

static PyObject *passing_bind(PyObject *self, PyObject *loop, PyObject *type) {
    return loop == NULL || loop == Py_None ? Py_NewRef(self) : PyMethod_New(self, loop);
}

/* It shows what the function shows. */
static PyObject *passing_getattr(Passing *self, PyObject *name) {
    if (PyUnicode_CompareWithASCIIString(name, "__class__") == 0)
        return PyObject_GenericGetAttr((PyObject *)self, name);
    return PyObject_GetAttr(self->instead, name);
}

static PyObject *passing_repr(Passing *self) { return PyObject_Repr(self->base); }

static PyObject *passing_new(PyTypeObject *type, PyObject *args, PyObject *named) {
    PyObject *stepper, *base, *instead, *runs_in, *told, *entry_of, *bits;
    int timed;
    if (!PyArg_ParseTuple(args, "O!OOO!OOO!p:Passing", state_of(type)->stepper, &stepper, &base, &instead, &PyDict_Type,
                          &runs_in, &told, &entry_of, &PyLong_Type, &bits, &timed))
        return NULL;
    Passing *self = (Passing *)type->tp_alloc(type, 0);
    if (self == NULL)
        return NULL;
    self->stepper = (Stepper *)Py_NewRef(stepper);
    self->base = Py_NewRef(base), self->instead = Py_NewRef(instead), self->runs_in = Py_NewRef(runs_in);
    self->told = Py_NewRef(told), self->entry_of = Py_NewRef(entry_of), self->bits = Py_NewRef(bits);
    self->timed = timed;
    self->call = passing_call;
    return (PyObject *)self;
}

static void passing_dealloc(Passing *self) {
    PyTypeObject *type = Py_TYPE(self);
    PyObject **owned[] = {(PyObject **)&self->stepper, &self->base, &self->instead, &self->runs_in,
                          &self->told, &self->entry_of, &self->bits};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        Py_CLEAR(*owned[i]);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyMemberDef passing_members[] = {
    {"__vectorcalloffset__", Py_T_PYSSIZET, offsetof(Passing, call), Py_READONLY, NULL},
    {NULL},
};

static PyType_Slot passing_slots[] = {
    {Py_tp_new, passing_new},
    {Py_tp_dealloc, passing_dealloc},
    {Py_tp_call, PyVectorcall_Call},
    {Py_tp_descr_get, passing_bind},
    {Py_tp_getattro, passing_getattr},
    {Py_tp_repr, passing_repr},
    {Py_tp_members, passing_members},
    {0, NULL},
};

PyType_Spec passing_spec = {
    .name = "_asyncwhy_recorder.Passing",
    .basicsize = sizeof(Passing),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_METHOD_DESCRIPTOR,
    .slots = passing_slots,
};
#endif
