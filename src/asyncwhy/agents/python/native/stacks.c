/* Stacks: the numbers of stacks that were met before.  A stack is (code, lasti) pairs; Python is asked once for each that
 * is new.  Code objects are owned, since they are told apart by their addresses.
 */
#include "recorder.h"

typedef struct {
    uint64_t hash;
    Place *places; /* NULL: free */
    uint32_t depth;
    uint64_t number;
} Known;

struct Stacks {
    PyObject_HEAD
    Known *known;
    size_t mask, used;
    PyObject *told; /* told((code, lasti, code, lasti, ...)): its number */
};

/* FNV-1a by words (Fowler, Noll, Vo), mixed once more at the end. */
static uint64_t hash_of(const Place *places, int depth) {
    uint64_t hash = UINT64_C(14695981039346656037);
    for (int i = 0; i < depth; i++) {
        hash = (hash ^ (uint64_t)(uintptr_t)places[i].code) * UINT64_C(1099511628211);
        hash = (hash ^ (uint64_t)(uint32_t)places[i].lasti) * UINT64_C(1099511628211);
    }
    return hash ^ (hash >> 29);
}

static int is_same(const Known *one, uint64_t hash, const Place *places, int depth) {
    if (one->hash != hash || one->depth != (uint32_t)depth)
        return 0;
    for (int i = 0; i < depth; i++)
        if (one->places[i].code != places[i].code || one->places[i].lasti != places[i].lasti)
            return 0;
    return 1;
}

static Known *find(const Stacks *self, uint64_t hash, const Place *places, int depth) {
    size_t at = (size_t)hash & self->mask;
    while (self->known[at].places != NULL && !is_same(&self->known[at], hash, places, depth))
        at = (at + 1) & self->mask;
    return &self->known[at];
}

/* Room for one more at a load of at most a half; -1 without memory, and then all is as before. */
static int make_room(Stacks *self) {
    if (self->known != NULL && (self->used + 1) * 2 <= self->mask + 1)
        return 0;
    size_t size = self->known == NULL ? 256 : 2 * (self->mask + 1);
    Known *made = PyMem_RawCalloc(size, sizeof(Known)), *before = self->known;
    if (made == NULL)
        return -1;
    for (size_t i = 0; before != NULL && i <= self->mask; i++) {
        if (before[i].places == NULL)
            continue;
        size_t at = (size_t)before[i].hash & (size - 1);
        while (made[at].places != NULL)
            at = (at + 1) & (size - 1);
        made[at] = before[i];
    }
    PyMem_RawFree(before);
    self->known = made, self->mask = size - 1;
    return 0;
}

static void keep(Stacks *self, uint64_t hash, const Place *places, int depth, uint64_t number) {
    Place *copy = make_room(self) < 0 ? NULL : PyMem_RawMalloc((size_t)depth * sizeof(Place));
    Known *slot = copy == NULL ? NULL : find(self, hash, places, depth);
    if (slot == NULL || slot->places != NULL) { /* told(...) may have met it itself */
        PyMem_RawFree(copy);
        return;
    }
    memcpy(copy, places, (size_t)depth * sizeof(Place));
    for (int i = 0; i < depth; i++)
        Py_INCREF(copy[i].code);
    *slot = (Known){hash, copy, (uint32_t)depth, number};
    self->used++;
}

static PyObject *tuple_of(const Place *places, int depth) {
    PyObject *made = PyTuple_New(2 * (Py_ssize_t)depth);
    for (int i = 0; made != NULL && i < depth; i++) {
        PyObject *lasti = PyLong_FromLong(places[i].lasti);
        if (lasti == NULL) {
            Py_CLEAR(made);
            break;
        }
        PyTuple_SET_ITEM(made, 2 * i, Py_NewRef(places[i].code));
        PyTuple_SET_ITEM(made, 2 * i + 1, lasti);
    }
    return made;
}

/* The number of a stack, innermost first, whose code objects the caller owns; -1 with an error. */
int64_t stacks_number(Stacks *self, const Place *places, int depth) {
    if (depth == 0)
        return 0;
    uint64_t hash = hash_of(places, depth);
    Known *slot = self->known == NULL ? NULL : find(self, hash, places, depth);
    if (slot != NULL && slot->places != NULL)
        return (int64_t)slot->number;
    PyObject *asked = tuple_of(places, depth);
    PyObject *told = asked == NULL ? NULL : PyObject_CallFunctionObjArgs(self->told, asked, NULL);
    Py_XDECREF(asked);
    int64_t number = told == NULL ? -1 : PyLong_AsLongLong(told);
    Py_XDECREF(told);
    if (number > 0)
        keep(self, hash, places, depth, (uint64_t)number);
    return number;
}

static void forget(Stacks *self) {
    Known *known = self->known;
    size_t size = known == NULL ? 0 : self->mask + 1;
    self->known = NULL;
    self->mask = self->used = 0;
    for (size_t i = 0; i < size; i++) {
        for (uint32_t j = 0; known[i].places != NULL && j < known[i].depth; j++)
            Py_DECREF(known[i].places[j].code);
        PyMem_RawFree(known[i].places);
    }
    PyMem_RawFree(known);
}

/* begin_anew(told): all numbers given so far mean nothing any more. */
static PyObject *stacks_begin_anew(Stacks *self, PyObject *told) {
    PyObject *before = self->told;
    self->told = Py_NewRef(told);
    Py_XDECREF(before);
    forget(self);
    Py_RETURN_NONE;
}

/* number((code, lasti, ...)); for the tests. */
static PyObject *stacks_get(Stacks *self, PyObject *given) {
    Place places[DEEPEST];
    if (!PyTuple_CheckExact(given) || PyTuple_GET_SIZE(given) > 2 * DEEPEST)
        return PyErr_Format(PyExc_TypeError, "a tuple of at most %d places", DEEPEST);
    int depth = (int)(PyTuple_GET_SIZE(given) / 2);
    for (int i = 0; i < depth; i++) {
        places[i].code = PyTuple_GET_ITEM(given, 2 * i);
        places[i].lasti = (int)PyLong_AsLong(PyTuple_GET_ITEM(given, 2 * i + 1));
    }
    int64_t number = PyErr_Occurred() ? -1 : stacks_number(self, places, depth);
    return number < 0 ? NULL : PyLong_FromLongLong(number);
}

static PyObject *stacks_new(PyTypeObject *type, PyObject *args, PyObject *named) {
    PyObject *told;
    if (!PyArg_ParseTuple(args, "O:Stacks", &told))
        return NULL;
    Stacks *self = (Stacks *)type->tp_alloc(type, 0);
    if (self != NULL)
        self->told = Py_NewRef(told);
    return (PyObject *)self;
}

static void stacks_dealloc(Stacks *self) {
    PyTypeObject *type = Py_TYPE(self);
    forget(self);
    Py_CLEAR(self->told);
    type->tp_free(self);
    Py_DECREF(type);
}

static Py_ssize_t stacks_length(Stacks *self) { return (Py_ssize_t)self->used; }

static PyMethodDef stacks_methods[] = {
    {"begin_anew", (PyCFunction)stacks_begin_anew, METH_O, "Forget all; who is asked from now on."},
    {"number", (PyCFunction)stacks_get, METH_O, "The number of a stack."},
    {NULL},
};

static PyType_Slot stacks_slots[] = {
    {Py_tp_doc, "Stacks(told): numbers of stacks."},
    {Py_tp_new, stacks_new},
    {Py_tp_dealloc, stacks_dealloc},
    {Py_tp_methods, stacks_methods},
    {Py_sq_length, stacks_length},
    {0, NULL},
};

PyType_Spec stacks_spec = {
    .name = "_asyncwhy_recorder.Stacks",
    .basicsize = sizeof(Stacks),
    .flags = Py_TPFLAGS_DEFAULT,
    .slots = stacks_slots,
};
