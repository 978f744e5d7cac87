/* Making: a task that `create_task` has made is noted, with the stack that made it: `AsyncioHooks._created` in C, for
 * asyncio's own class of tasks and coroutines.  Of any other Python is told.
 */
#include "recorder.h"

#ifndef Py_GIL_DISABLED
#define NUMBERED (UINT64_C(1) << 40) /* `recorder.NUMBERED` */

typedef struct {
    PyObject_HEAD
    Entries *entries;
    Rows *tasks;
    Stacks *stacks, *sites;             /* of frames; of code objects */
    PyTypeObject *task_type;
    PyObject *numbers, *ends;           /* what counts; ids of the code objects below which is only machinery */
    PyObject *current_task, *other;     /* asyncio's; other(task, loop, coroutine) is Python's way */
    PyObject *cr_code, *carrier;        /* names of an attribute, and of functions that run another's coroutine */
    PyCFunction get_name, done;         /* `Task`'s own; NULL where they are not as known */
} Making;

/* The number of the stack that begins at the innermost frame of Python's; -1 with an error. */
static int64_t stack_here(Making *self) {
    Place places[DEEPEST];
    int depth = 0, within = 1;
    PyFrameObject *frame = PyThreadState_GetFrame(PyThreadState_Get());
    while (frame != NULL && depth < DEEPEST) {
        PyObject *code = (PyObject *)PyFrame_GetCode(frame), *key = PyLong_FromVoidPtr(code);
        within = key == NULL ? -1 : !PySet_Contains(self->ends, key);
        Py_XDECREF(key);
        places[depth].code = code;
        places[depth++].lasti = lasti_of(frame);
        PyFrameObject *back = within > 0 ? PyFrame_GetBack(frame) : NULL;
        Py_DECREF(frame);
        frame = back;
    }
    Py_XDECREF(frame);
    int64_t number = within < 0 || PyErr_Occurred() ? -1 : stacks_number(self->stacks, places, depth);
    for (int i = 0; i < depth; i++)
        Py_DECREF(places[i].code);
    return number;
}

/* The number of the site at which a coroutine's function is defined; -1 where Python has to look. */
static int64_t site_of(Making *self, PyObject *coroutine) {
    if (Py_TYPE(coroutine) != &PyCoro_Type)
        return -1;
    PyObject *code = PyObject_GetAttr(coroutine, self->cr_code);
    int64_t number = -1;
    if (code != NULL && PyCode_Check(code) && PyUnicode_Compare(((PyCodeObject *)code)->co_name, self->carrier) != 0)
        number = stacks_number(self->sites, &(Place){code, -1}, 1);
    Py_XDECREF(code);
    return number;
}

/* N of a name "Task-N"; -1 for any other. */
static int64_t number_in(PyObject *name) {
    if (!PyUnicode_CheckExact(name) || !PyUnicode_IS_COMPACT_ASCII(name))
        return -1;
    const char *text = (const char *)PyUnicode_1BYTE_DATA(name);
    Py_ssize_t length = PyUnicode_GET_LENGTH(name);
    if (length < 6 || length > 16 || memcmp(text, "Task-", 5) != 0)
        return -1;
    int64_t number = 0;
    for (Py_ssize_t i = 5; i < length; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        number = 10 * number + (text[i] - '0');
    }
    return number;
}

static int64_t named(Making *self, PyObject *task) {
    PyObject *name = self->get_name(task, NULL);
    int64_t number = name == NULL ? -1 : number_in(name);
    Py_XDECREF(name);
    return number;
}

static int is_done(Making *self, PyObject *task) {
    PyObject *done = self->done(task, NULL);
    Py_XDECREF(done);
    return done == NULL ? -1 : done == Py_True;
}

/* The number of the task that runs in the loop; 0 for none; UINT64_MAX with an error. */
static uint64_t parent_of(Making *self, PyObject *loop, PyObject *task) {
    PyObject *parent = PyObject_CallFunctionObjArgs(self->current_task, loop, NULL);
    if (parent == NULL)
        return UINT64_MAX;
    Entry *entry = parent == Py_None || parent == task ? NULL : entries_find(self->entries, parent);
    uint64_t number = entry == NULL ? 0 : entry->number;
    Py_DECREF(parent);
    return number;
}

/* 1: it is noted; 0: Python has to look; -1: with an error. */
static int note(Making *self, PyObject *task, PyObject *loop, PyObject *coroutine) {
    if (Py_TYPE(task) != self->task_type || self->get_name == NULL || self->done == NULL)
        return 0;
    uint64_t now = now_ns(), parent = parent_of(self, loop, task);
    int64_t stack = parent == UINT64_MAX ? -1 : stack_here(self), site = stack < 0 ? -1 : site_of(self, coroutine);
    int64_t name = site < 0 ? -1 : named(self, task);
    int done = name < 0 ? -1 : is_done(self, task);
    PyObject *number = done < 0 ? NULL : PyIter_Next(self->numbers);
    PyObject *key = number == NULL ? NULL : PyLong_FromVoidPtr(task);
    Entry *entry = key == NULL ? NULL : (Entry *)PyObject_CallFunction((PyObject *)state_of(Py_TYPE(self))->entry, "((OK))",
                                                                       number, (unsigned long long)now);
    int noted = entry != NULL && PyObject_SetItem((PyObject *)self->entries, key, (PyObject *)entry) == 0;
    if (noted)
        rows_append(self->tasks, (uint64_t[]){entry->number, now, parent, (uint64_t)stack, (uint64_t)site,
                                              NUMBERED | (uint64_t)name, PyThread_get_thread_ident(), (uint64_t)done});
    Py_XDECREF(entry);
    Py_XDECREF(key);
    Py_XDECREF(number);
    return noted || !PyErr_Occurred() ? noted : -1;
}

static PyObject *making_created(Making *self, PyObject *const *given, Py_ssize_t count) {
    if (count != 3)
        return PyErr_Format(PyExc_TypeError, "created(task, loop, coroutine)");
    int noted = note(self, given[0], given[1], given[2]);
    if (noted < 0) {
        if (!PyErr_ExceptionMatches(PyExc_Exception))
            return NULL; /* an interrupt: the program's */
        PyErr_Clear();
    }
    if (noted > 0)
        Py_RETURN_NONE;
    return PyObject_CallFunctionObjArgs(self->other, given[0], given[1], given[2], NULL);
}

static PyCFunction method_of(PyTypeObject *type, const char *name) {
    PyObject *method = PyDict_GetItemString(type->tp_dict, name);
    int known = method != NULL && Py_TYPE(method) == &PyMethodDescr_Type &&
                ((PyMethodDescrObject *)method)->d_method->ml_flags == METH_NOARGS;
    return known ? ((PyMethodDescrObject *)method)->d_method->ml_meth : NULL;
}

static PyObject *making_new(PyTypeObject *type, PyObject *args, PyObject *named) {
    State *state = state_of(type);
    PyObject *given[9];
    if (!PyArg_ParseTuple(args, "O!O!O!O!O!OO!OO:Making", state->entries, &given[0], state->rows, &given[1], state->stacks,
                          &given[2], state->stacks, &given[3], &PyType_Type, &given[4], &given[5], &PySet_Type, &given[6],
                          &given[7], &given[8]))
        return NULL;
    if (((Rows *)given[1])->columns != 8 || !PyIter_Check(given[5]))
        return PyErr_Format(PyExc_ValueError, "tasks have 8 columns, and an iterator counts them");
    Making *self = (Making *)type->tp_alloc(type, 0);
    if (self == NULL)
        return NULL;
    PyObject **places[] = {(PyObject **)&self->entries, (PyObject **)&self->tasks, (PyObject **)&self->stacks,
                           (PyObject **)&self->sites, (PyObject **)&self->task_type, &self->numbers, &self->ends,
                           &self->current_task, &self->other};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        *places[i] = Py_NewRef(given[i]);
    self->cr_code = PyUnicode_InternFromString("cr_code");
    self->carrier = PyUnicode_InternFromString("_run_coro");
    self->get_name = method_of(self->task_type, "get_name"), self->done = method_of(self->task_type, "done");
    if (self->done == NULL && self->task_type->tp_base != NULL)
        self->done = method_of(self->task_type->tp_base, "done");
    if (self->cr_code == NULL || self->carrier == NULL)
        Py_CLEAR(self);
    return (PyObject *)self;
}

static void making_dealloc(Making *self) {
    PyTypeObject *type = Py_TYPE(self);
    PyObject **owned[] = {(PyObject **)&self->entries, (PyObject **)&self->tasks, (PyObject **)&self->stacks,
                          (PyObject **)&self->sites, (PyObject **)&self->task_type, &self->numbers, &self->ends,
                          &self->current_task, &self->other, &self->cr_code, &self->carrier};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        Py_CLEAR(*owned[i]);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyMethodDef making_methods[] = {
    {"created", (PyCFunction)(void (*)(void))making_created, METH_FASTCALL, "Note a task that was made."},
    {NULL},
};

static PyType_Slot making_slots[] = {
    {Py_tp_doc, "Making(entries, tasks, stacks, sites, task_type, numbers, ends, current_task, other): notes new tasks."},
    {Py_tp_new, making_new},
    {Py_tp_dealloc, making_dealloc},
    {Py_tp_methods, making_methods},
    {0, NULL},
};

PyType_Spec making_spec = {
    .name = "_asyncwhy_recorder.Making",
    .basicsize = sizeof(Making),
    .flags = Py_TPFLAGS_DEFAULT,
    .slots = making_slots,
};
#endif
