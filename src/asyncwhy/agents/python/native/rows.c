/* Rows: to Python code an array of unsigned 64-bit integers that only grows at its end and is taken whole. */
#include "recorder.h"

#define FIRST_ROOM 1024

int rows_append(Rows *self, uint64_t start, uint64_t end, uint64_t ready, uint64_t ref, uint64_t thread) {
    int done = 0;
    LOCKED(self);
    if (self->count == self->room) {
        size_t room = self->room == 0 ? FIRST_ROOM : self->room * 2;
        uint64_t *rows = room > self->most ? NULL : PyMem_RawRealloc(self->rows, room * COLUMNS * sizeof(uint64_t));
        if (rows != NULL) {
            self->rows = rows;
            self->room = room;
        }
    }
    if (self->count < self->room) {
        uint64_t *row = self->rows + self->count++ * COLUMNS;
        row[START] = start;
        row[END] = end;
        row[READY] = ready;
        row[REF] = ref;
        row[THREAD] = thread;
    } else {
        self->dropped++;
        done = 1;
    }
    UNLOCKED();
    return done;
}

static PyObject *rows_new(PyTypeObject *type, PyObject *args, PyObject *named) {
    unsigned long long most;
    if (!PyArg_ParseTuple(args, "K:Rows", &most))
        return NULL;
    Rows *self = (Rows *)type->tp_alloc(type, 0);
    if (self != NULL) {
        self->rows = NULL;
        self->count = self->room = 0;
        self->dropped = 0;
        self->most = FIRST_ROOM;
        while (self->most * 2 <= most)
            self->most *= 2;
    }
    return (PyObject *)self;
}

static void rows_dealloc(Rows *self) {
    PyTypeObject *type = Py_TYPE(self);
    PyMem_RawFree(self->rows);
    type->tp_free(self);
    Py_DECREF(type);
}

/* What `stream.pack_step` made: one row in the machine's own order. */
static PyObject *rows_frombytes(Rows *self, PyObject *packed) {
    uint64_t row[COLUMNS];
    if (!PyBytes_CheckExact(packed) || PyBytes_GET_SIZE(packed) != (Py_ssize_t)sizeof row) {
        PyErr_SetString(PyExc_ValueError, "one row of five 64-bit integers");
        return NULL;
    }
    memcpy(row, PyBytes_AS_STRING(packed), sizeof row);
    rows_append(self, row[START], row[END], row[READY], row[REF], row[THREAD]);
    Py_RETURN_NONE;
}

static PyObject *rows_take(Rows *self, PyObject *nothing) {
    PyObject *made = NULL;
    LOCKED(self);
    made = PyBytes_FromStringAndSize((char *)self->rows, (Py_ssize_t)(self->count * COLUMNS * sizeof(uint64_t)));
    if (made != NULL)
        self->count = 0;
    UNLOCKED();
    return made;
}

/* The refs of the last rows, for whoever wants to know who runs most often. */
static PyObject *rows_recent(Rows *self, PyObject *number) {
    size_t wanted = PyLong_AsSize_t(number);
    if (wanted == (size_t)-1 && PyErr_Occurred())
        return NULL;
    PyObject *made = PyList_New(0);
    LOCKED(self);
    size_t first = wanted < self->count ? self->count - wanted : 0;
    for (size_t i = first; made != NULL && i < self->count; i++) {
        PyObject *ref = PyLong_FromUnsignedLongLong(self->rows[i * COLUMNS + REF]);
        if (ref == NULL || PyList_Append(made, ref) < 0)
            Py_CLEAR(made);
        Py_XDECREF(ref);
    }
    UNLOCKED();
    return made;
}

static PyObject *rows_lost(Rows *self, PyObject *nothing) {
    uint64_t lost;
    LOCKED(self);
    lost = self->dropped;
    self->dropped = 0;
    UNLOCKED();
    return PyLong_FromUnsignedLongLong(lost);
}

static Py_ssize_t rows_length(Rows *self) { return (Py_ssize_t)(self->count * COLUMNS); }

static PyMethodDef rows_methods[] = {
    {"frombytes", (PyCFunction)rows_frombytes, METH_O, "Append a packed row."},
    {"take", (PyCFunction)rows_take, METH_NOARGS, "All rows as bytes; none are left."},
    {"recent", (PyCFunction)rows_recent, METH_O, "The refs of so many of the last rows."},
    {"lost", (PyCFunction)rows_lost, METH_NOARGS, "How many rows found no room since this was last asked."},
    {NULL},
};

static PyType_Slot rows_slots[] = {
    {Py_tp_doc, "Rows(most): rows of steps that wait for the flusher; `len` counts their values."},
    {Py_tp_new, rows_new},
    {Py_tp_dealloc, rows_dealloc},
    {Py_tp_methods, rows_methods},
    {Py_sq_length, rows_length},
    {0, NULL},
};

PyType_Spec rows_spec = {
    .name = "_asyncwhy_recorder.Rows",
    .basicsize = sizeof(Rows),
    .flags = Py_TPFLAGS_DEFAULT,
    .slots = rows_slots,
};
