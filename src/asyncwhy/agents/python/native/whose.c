/* Whose step it is, and its record: what handles and the steps of other loops share. */
#include "recorder.h"

/* The object whose method the callback is, borrowed; NULL where it is none.  Any error is the callback's own
 * affair (`__getattr__` may do as it likes) and goes no further, but for what is not about attributes. */
PyObject *owner_of(Stepper *self, PyObject *callback, PyObject **kept) {
    if (PyCFunction_CheckExact(callback))
        return PyCFunction_GET_SELF(callback);
    if (PyMethod_Check(callback))
        return PyMethod_GET_SELF(callback);
    *kept = PyObject_GetAttr(callback, self->owner);
    return *kept;
}

Entry *entry_of_task(Stepper *self, PyObject *task) {
    Entry *entry;
    LOCKED(self->entries);
    entry = entries_find(self->entries, task);
    Py_XINCREF(entry);
    UNLOCKED();
    if (entry != NULL)
        return entry;
    PyObject *made = PyObject_CallFunctionObjArgs(self->adopt, task, NULL);
    if (made != NULL && Py_TYPE(made) != state_of(Py_TYPE(self))->entry) {
        Py_DECREF(made);
        PyErr_SetString(PyExc_SystemError, "adopt: no entry");
        return NULL;
    }
    return (Entry *)made;
}

/* Whether it is a task of any kind: the steps of tasks of other classes are told apart by Python. */
int is_task(Stepper *self, PyObject *owner) {
    return owner != NULL && (PyType_IsSubtype(Py_TYPE(owner), self->task_type) ||
                             PyType_IsSubtype(Py_TYPE(owner), self->python_task));
}

/* The code of a plain function or method, borrowed; NULL for any other callable. */
PyObject *code_of(PyObject *callback) {
    PyObject *function = PyMethod_Check(callback) ? PyMethod_GET_FUNCTION(callback) : callback;
    return PyFunction_Check(function) ? PyFunction_GET_CODE(function) : NULL;
}

/* Whether the error that is set is our own.  The agent's functions keep theirs to themselves, so what they raise is
 * the program's (a signal handler ran in them), but for memory that we wanted and did not get. */
int is_ours(void) {
    return PyErr_ExceptionMatches(PyExc_MemoryError) || PyErr_ExceptionMatches(PyExc_SystemError);
}

/* Whether a task's wait before this step is worth a look: a task that was ready at once and only stood in the queue has
 * waited for nothing. */
int has_waited(const Stepper *self, const Entry *entry, uint64_t start, uint64_t ready) {
    int64_t since = entry->last, waited = (int64_t)start - since;
    return waited > (int64_t)self->long_ns && ((int64_t)ready - since > (int64_t)self->long_ns ||
                                               waited > (int64_t)self->starved_ns || ready == 0);
}

void record(Stepper *self, Entry *entry, uint64_t start, uint64_t ready, unsigned long thread) {
    uint64_t end = now_ns();
    rows_append(self->rows, (uint64_t[]){[START] = start, [END] = end, [READY] = ready, [REF] = entry->number, [THREAD] = thread});
    entry->last = (int64_t)end;
    if (end - start <= self->hold_ns)
        return;
    PyObject *type, *value, *trace;
    PyErr_Fetch(&type, &value, &trace);
    PyObject *done = PyObject_CallFunction(self->longer, "KK", (unsigned long long)start, (unsigned long long)end);
    if (done == NULL && (type != NULL || is_ours()))
        PyErr_Clear();
    Py_XDECREF(done);
    if (type != NULL)
        PyErr_Restore(type, value, trace);
}
