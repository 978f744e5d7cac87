/* Rows: to Python code an array of unsigned 64-bit integers that only grows at its end, by a row, and is taken whole. */
#include "recorder.h"

#define FIRST_ROOM 1024

int rows_append(Rows *self, const uint64_t *row) {
    size_t size = self->columns * sizeof *row;
    int done = 0;
    LOCKED(self);
    if (self->count == self->room) {
        size_t room = self->room == 0 ? FIRST_ROOM : self->room * 2;
        uint64_t *rows = room > self->most ? NULL : PyMem_RawRealloc(self->rows, room * size);
        if (rows != NULL) {
            self->rows = rows;
            self->room = room;
        }
    }
    if (self->count < self->room) {
        memcpy(self->rows + self->count++ * self->columns, row, size);
    } else {
        self->dropped++;
        done = 1;
    }
    UNLOCKED();
    return done;
}

static PyObject *rows_new(PyTypeObject *type, PyObject *args, PyObject *named) {
    unsigned long long most;
    unsigned int columns = COLUMNS;
    if (!PyArg_ParseTuple(args, "K|I:Rows", &most, &columns))
        return NULL;
    if (columns == 0 || columns > WIDEST)
        return PyErr_Format(PyExc_ValueError, "a row has 1 to %d columns", WIDEST);
    Rows *self = (Rows *)type->tp_alloc(type, 0);
    if (self != NULL) {
        self->rows = NULL;
        self->count = self->room = 0;
        self->dropped = 0;
        self->columns = columns;
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
    uint64_t row[WIDEST];
    size_t size = self->columns * sizeof *row;
    if (!PyBytes_CheckExact(packed) || PyBytes_GET_SIZE(packed) != (Py_ssize_t)size)
        return PyErr_Format(PyExc_ValueError, "one row of %zu 64-bit integers", self->columns);
    memcpy(row, PyBytes_AS_STRING(packed), size);
    rows_append(self, row);
    Py_RETURN_NONE;
}

/* One row as a tuple of integers, as a list would take it. */
static PyObject *rows_extend(Rows *self, PyObject *given) {
    uint64_t row[WIDEST];
    if (!PyTuple_CheckExact(given) || PyTuple_GET_SIZE(given) != (Py_ssize_t)self->columns)
        return PyErr_Format(PyExc_ValueError, "one row of %zu integers", self->columns);
    for (size_t i = 0; i < self->columns; i++) {
        row[i] = PyLong_AsUnsignedLongLong(PyTuple_GET_ITEM(given, i));
        if (row[i] == (uint64_t)-1 && PyErr_Occurred())
            return NULL;
    }
    rows_append(self, row);
    Py_RETURN_NONE;
}

static PyObject *rows_take(Rows *self, PyObject *nothing) {
    PyObject *made = NULL;
    LOCKED(self);
    made = PyBytes_FromStringAndSize((char *)self->rows, (Py_ssize_t)(self->count * self->columns * sizeof(uint64_t)));
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
    if (self->columns <= REF)
        return made;
    LOCKED(self);
    size_t first = wanted < self->count ? self->count - wanted : 0;
    for (size_t i = first; made != NULL && i < self->count; i++) {
        PyObject *ref = PyLong_FromUnsignedLongLong(self->rows[i * self->columns + REF]);
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

static Py_ssize_t rows_length(Rows *self) { return (Py_ssize_t)(self->count * self->columns); }

static PyMethodDef rows_methods[] = {
    {"frombytes", (PyCFunction)rows_frombytes, METH_O, "Append a packed row."},
    {"extend", (PyCFunction)rows_extend, METH_O, "Append a row that is a tuple."},
    {"take", (PyCFunction)rows_take, METH_NOARGS, "All rows as bytes; none are left."},
    {"recent", (PyCFunction)rows_recent, METH_O, "The refs of so many of the last rows."},
    {"lost", (PyCFunction)rows_lost, METH_NOARGS, "How many rows found no room since this was last asked."},
    {NULL},
};

static PyType_Slot rows_slots[] = {
    {Py_tp_doc, "Rows(most, columns=5): rows that wait for the flusher; `len` counts their values."},
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
