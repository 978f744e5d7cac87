/* Entry and Entries: to Python code a list of two or three items, and a dict of them by id. */
#include "recorder.h"

/* --- Entry ------------------------------------------------------------------------------------------- */

static PyObject *entry_new(PyTypeObject *type, PyObject *args, PyObject *named) {
    unsigned long long number;
    long long last;
    if (!PyArg_ParseTuple(args, "(KL):Entry", &number, &last))
        return NULL;
    Entry *self = (Entry *)type->tp_alloc(type, 0);
    if (self != NULL) {
        self->number = number;
        self->last = last;
        self->kept = NULL;
    }
    return (PyObject *)self;
}

static void entry_dealloc(Entry *self) {
    PyTypeObject *type = Py_TYPE(self);
    Py_CLEAR(self->kept);
    type->tp_free(self);
    Py_DECREF(type);
}

static Py_ssize_t entry_length(Entry *self) { return self->kept == NULL ? 2 : 3; }

static PyObject *entry_item(Entry *self, Py_ssize_t index) {
    if (index == 0)
        return PyLong_FromUnsignedLongLong(self->number);
    if (index == 1)
        return PyLong_FromLongLong(self->last);
    if (index == 2 && self->kept != NULL) {
        Py_INCREF(self->kept);
        return self->kept;
    }
    PyErr_SetString(PyExc_IndexError, "an entry has two items or three");
    return NULL;
}

static PyObject *entry_subscript(Entry *self, PyObject *key) {
    Py_ssize_t index = PyNumber_AsSsize_t(key, PyExc_IndexError);
    if (index == -1 && PyErr_Occurred())
        return NULL;
    return entry_item(self, index);
}

/* `entry[1] = time`, or `entry[2:] = (kept,)`. */
static int entry_assign(Entry *self, PyObject *key, PyObject *value) {
    if (value == NULL) {
        PyErr_SetString(PyExc_TypeError, "an entry keeps its items");
        return -1;
    }
    if (PySlice_Check(key)) {
        PyObject *kept = PySequence_GetItem(value, 0);
        if (kept == NULL)
            return -1;
        PyObject *before = self->kept;
        self->kept = kept;
        Py_XDECREF(before);
        return 0;
    }
    Py_ssize_t index = PyNumber_AsSsize_t(key, PyExc_IndexError);
    if (index == -1 && PyErr_Occurred())
        return -1;
    long long number = PyLong_AsLongLong(value);
    if (number == -1 && PyErr_Occurred())
        return -1;
    if (index == 0)
        self->number = (uint64_t)number;
    else if (index == 1)
        self->last = number;
    else {
        PyErr_SetString(PyExc_IndexError, "an entry has two numbers");
        return -1;
    }
    return 0;
}

static PyType_Slot entry_slots[] = {
    {Py_tp_doc, "Entry((number, last)): what a task or callback is known by."},
    {Py_tp_new, entry_new},
    {Py_tp_dealloc, entry_dealloc},
    {Py_sq_length, entry_length},
    {Py_sq_item, entry_item},
    {Py_mp_length, entry_length},
    {Py_mp_subscript, entry_subscript},
    {Py_mp_ass_subscript, entry_assign},
    {0, NULL},
};

PyType_Spec entry_spec = {
    .name = "_asyncwhy_recorder.Entry",
    .basicsize = sizeof(Entry),
    .flags = Py_TPFLAGS_DEFAULT,
    .slots = entry_slots,
};

/* --- Entries ----------------------------------------------------------------------------------------- */

/* Fibonacci hashing (Knuth, The Art of Computer Programming 3, 6.4): addresses end in the same few bits. */
static inline size_t place_of(const Entries *table, uint64_t key) {
    return (size_t)((key * UINT64_C(11400714819323198485)) >> 20) & table->mask;
}

static Slot *slot_of(const Entries *table, uint64_t key) {
    size_t place = place_of(table, key);
    while (table->slots[place].key != 0 && table->slots[place].key != key)
        place = (place + 1) & table->mask;
    return &table->slots[place];
}

Entry *entries_find(Entries *table, const void *key) {
    return slot_of(table, (uint64_t)(uintptr_t)key)->entry;
}

/* As many slots as what is in use wants; those that were taken out go.  -1 without memory, and then all is as before. */
static int resize(Entries *table) {
    size_t size = 64;
    while (size < table->used * 3 + 64)
        size *= 2;
    Slot *slots = PyMem_RawCalloc(size, sizeof(Slot));
    if (slots == NULL)
        return -1;
    Entries next = *table;
    next.slots = slots;
    next.mask = size - 1;
    for (size_t i = 0; i <= table->mask; i++)
        if (table->slots[i].entry != NULL)
            *slot_of(&next, table->slots[i].key) = table->slots[i];
    PyMem_RawFree(table->slots);
    table->slots = slots;
    table->mask = next.mask;
    table->filled = table->used;
    return 0;
}

/* Room for one more at a load of at most two thirds. */
static int make_room(Entries *table) {
    if ((table->filled + 1) * 3 < (table->mask + 1) * 2 || resize(table) == 0)
        return 0;
    PyErr_NoMemory();
    return -1;
}

static PyObject *entries_new(PyTypeObject *type, PyObject *args, PyObject *named) {
    if (!PyArg_ParseTuple(args, ":Entries"))
        return NULL;
    Entries *self = (Entries *)type->tp_alloc(type, 0);
    if (self == NULL)
        return NULL;
    self->slots = PyMem_RawCalloc(64, sizeof(Slot));
    self->mask = 63;
    self->used = self->filled = 0;
    if (self->slots == NULL) {
        Py_DECREF(self);
        return PyErr_NoMemory();
    }
    return (PyObject *)self;
}

/* What an entry keeps may run the program's finalizers when it goes, and they may use the table: so it is in order
 * before each one goes. */
static void drop_all(Entries *self) {
    for (size_t i = 0; self->slots != NULL && i <= self->mask; i++) {
        Entry *entry = self->slots[i].entry;
        self->slots[i].entry = NULL; /* the key stays: a search goes on past it */
        self->used -= entry != NULL;
        Py_XDECREF(entry);
    }
}

static void entries_dealloc(Entries *self) {
    PyTypeObject *type = Py_TYPE(self);
    drop_all(self);
    PyMem_RawFree(self->slots);
    type->tp_free(self);
    Py_DECREF(type);
}

static int key_of(PyObject *number, uint64_t *key) {
    *key = PyLong_AsUnsignedLongLong(number);
    return *key == (uint64_t)-1 && PyErr_Occurred() ? -1 : 0;
}

static PyObject *entries_get(Entries *self, PyObject *const *args, Py_ssize_t count) {
    uint64_t key;
    if (count < 1 || count > 2) {
        PyErr_SetString(PyExc_TypeError, "get(id, default=None)");
        return NULL;
    }
    if (key_of(args[0], &key) < 0)
        return NULL;
    PyObject *found;
    LOCKED(self);
    found = (PyObject *)(key ? slot_of(self, key)->entry : NULL);
    if (found == NULL)
        found = count == 2 ? args[1] : Py_None;
    Py_INCREF(found);
    UNLOCKED();
    return found;
}

static int put(Entries *self, uint64_t key, Entry *entry) {
    if (entry != NULL && make_room(self) < 0)
        return -1;
    Slot *slot = slot_of(self, key);
    Entry *before = slot->entry;
    if (entry == NULL && before == NULL)
        return 1;
    if (slot->key == 0)
        self->filled++;
    self->used += (entry != NULL) - (before != NULL);
    slot->key = key;
    slot->entry = entry;
    Py_XINCREF(entry);
    Py_XDECREF(before);
    return 0;
}

static int entries_assign(Entries *self, PyObject *number, PyObject *entry) {
    uint64_t key;
    int done = -1;
    if (key_of(number, &key) < 0)
        return -1;
    if (key == 0 || (entry != NULL && Py_TYPE(entry) != state_of(Py_TYPE(self))->entry)) {
        PyErr_SetString(PyExc_TypeError, "only entries, by id");
        return -1;
    }
    LOCKED(self);
    done = put(self, key, (Entry *)entry);
    UNLOCKED();
    if (done == 1) {
        PyErr_SetObject(PyExc_KeyError, number);
        return -1;
    }
    return done;
}

static PyObject *entries_pop(Entries *self, PyObject *const *args, Py_ssize_t count) {
    PyObject *found = entries_get(self, args, count);
    uint64_t key;
    if (found == NULL || key_of(args[0], &key) < 0)
        return found;
    LOCKED(self);
    if (key)
        put(self, key, NULL);
    UNLOCKED();
    return found;
}

static PyObject *entries_values(Entries *self, PyObject *nothing) {
    PyObject *made = PyList_New(0);
    LOCKED(self);
    for (size_t i = 0; made != NULL && i <= self->mask; i++)
        if (self->slots[i].entry != NULL && PyList_Append(made, (PyObject *)self->slots[i].entry) < 0)
            Py_CLEAR(made);
    UNLOCKED();
    return made;
}

static PyObject *entries_clear(Entries *self, PyObject *nothing) {
    LOCKED(self);
    drop_all(self);
    UNLOCKED();
    Py_RETURN_NONE;
}

#ifndef Py_GIL_DISABLED
/* Take out what nothing marks and what had its last step before a time; into `gone`, how many. */
static size_t sweep(Entries *self, const char *marked, int64_t before, Entry **gone) {
    size_t count = 0;
    for (size_t i = 0; i <= self->mask; i++) {
        Entry *entry = self->slots[i].entry;
        if (entry != NULL && !marked[i] && entry->last < before) {
            self->slots[i].entry = NULL;
            gone[count++] = entry;
        }
    }
    self->used -= count;
    return count;
}

/* forget(references, before): the entries go of what none of the weak references in the list is about, if their last
 * step ended before that time.  Nothing of what they are about is held meanwhile. */
static PyObject *entries_forget(Entries *self, PyObject *args) {
    PyObject *references;
    long long before;
    if (!PyArg_ParseTuple(args, "O!L:forget", &PyList_Type, &references, &before))
        return NULL;
    char *marked = PyMem_RawCalloc(self->mask + 1, 1);
    Entry **gone = PyMem_RawMalloc((self->used + 1) * sizeof(Entry *));
    size_t count = 0;
    if (marked != NULL && gone != NULL) {
        for (Py_ssize_t i = 0; i < PyList_GET_SIZE(references); i++) {
            PyObject *reference = PyList_GET_ITEM(references, i);
            if (PyWeakref_CheckRef(reference)) {
                uint64_t key = (uint64_t)(uintptr_t)PyWeakref_GET_OBJECT(reference);
                marked[slot_of(self, key) - self->slots] = 1;
            }
        }
        count = sweep(self, marked, before, gone);
        resize(self);
    }
    PyMem_RawFree(marked);
    for (size_t i = 0; i < count; i++)
        Py_DECREF(gone[i]);
    PyMem_RawFree(gone);
    return PyLong_FromSize_t(count);
}
#endif

static Py_ssize_t entries_length(Entries *self) { return (Py_ssize_t)self->used; }

static PyMethodDef entries_methods[] = {
    {"get", (PyCFunction)(void (*)(void))entries_get, METH_FASTCALL, "The entry of an id, or the default."},
    {"pop", (PyCFunction)(void (*)(void))entries_pop, METH_FASTCALL, "Take the entry of an id out."},
    {"values", (PyCFunction)entries_values, METH_NOARGS, "All entries, as a list."},
#ifndef Py_GIL_DISABLED
    {"forget", (PyCFunction)entries_forget, METH_VARARGS, "Take those out whose objects are gone; see the source."},
#endif
    {"clear", (PyCFunction)entries_clear, METH_NOARGS, "Forget all."},
    {NULL},
};

static PyType_Slot entries_slots[] = {
    {Py_tp_doc, "Entries(): id of a task -> its Entry."},
    {Py_tp_new, entries_new},
    {Py_tp_dealloc, entries_dealloc},
    {Py_tp_methods, entries_methods},
    {Py_mp_length, entries_length},
    {Py_mp_ass_subscript, entries_assign},
    {0, NULL},
};

PyType_Spec entries_spec = {
    .name = "_asyncwhy_recorder.Entries",
    .basicsize = sizeof(Entries),
    .flags = Py_TPFLAGS_DEFAULT,
    .slots = entries_slots,
};
