/* The module `_asyncwhy_recorder`. */
#include "recorder.h"

static int module_exec(PyObject *module);
static int module_traverse(PyObject *module, visitproc visit, void *arg);

static PyModuleDef_Slot module_slots[] = {
    {Py_mod_exec, module_exec},
#ifdef Py_mod_gil
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
#endif
#ifdef Py_mod_multiple_interpreters
    {Py_mod_multiple_interpreters, Py_MOD_MULTIPLE_INTERPRETERS_SUPPORTED},
#endif
    {0, NULL},
};

static PyObject *forget_others(PyObject *module, PyObject *nothing) {
    running_forget_others();
    Py_RETURN_NONE;
}

static PyMethodDef functions[] = {
    {"forget_others", forget_others, METH_NOARGS, "In a forked child: no other thread is in a step."},
    {"places", running_places, METH_NOARGS, "For how many threads at one time there is a place."},
    {"queued", time_queued, METH_O, "How long a thread stood in the system's run queue, nanoseconds; 0 where that is not told."},
    {"captured", capture_take, METH_NOARGS, "What the main thread did when `Watch.wait` ended; see the source."},
#if PY_VERSION_HEX >= 0x030c0000 && !defined(Py_GIL_DISABLED)
    {"frames", frames_now, METH_NOARGS, "thread -> its current frame, for the threads of this interpreter."},
#endif
    {NULL},
};

static PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "_asyncwhy_recorder",
    .m_doc = "The hot path of asyncwhy's Python agent.",
    .m_size = sizeof(State),
    .m_slots = module_slots,
    .m_methods = functions,
    .m_traverse = module_traverse,
};

State *state_of(PyTypeObject *type) {
    /* Each of our types is made for its module, and has no subclasses. */
    return (State *)PyModule_GetState(((PyHeapTypeObject *)type)->ht_module);
}

static PyTypeObject *add(PyObject *module, PyType_Spec *spec) {
    PyObject *type = PyType_FromModuleAndSpec(module, spec, NULL);
    if (type != NULL && PyModule_AddType(module, (PyTypeObject *)type) < 0)
        Py_CLEAR(type);
    return (PyTypeObject *)type;
}

static int module_exec(PyObject *module) {
    State *state = PyModule_GetState(module);
    state->entry = add(module, &entry_spec);
    state->entries = add(module, &entries_spec);
    state->rows = add(module, &rows_spec);
    state->stepper = add(module, &stepper_spec);
    state->step = add(module, &step_spec);
    state->watch = add(module, &watch_spec);
    state->stacks = add(module, &stacks_spec);
    state->waits = add(module, &waits_spec);
    capture_forget();
    breaker_find();
#ifndef Py_GIL_DISABLED
    state->making = add(module, &making_spec);
    state->passing = add(module, &passing_spec);
    if (state->making == NULL || state->passing == NULL)
        return -1;
#endif
    return state->entry && state->entries && state->rows && state->stepper && state->step && state->watch && state->stacks &&
                   state->waits
               ? 0
               : -1;
}

static int module_traverse(PyObject *module, visitproc visit, void *arg) {
    State *state = PyModule_GetState(module);
    if (state != NULL) {
        Py_VISIT(state->entry);
        Py_VISIT(state->entries);
        Py_VISIT(state->rows);
        Py_VISIT(state->stepper);
        Py_VISIT(state->step);
        Py_VISIT(state->watch);
        Py_VISIT(state->stacks);
        Py_VISIT(state->waits);
        Py_VISIT(state->making);
        Py_VISIT(state->passing);
    }
    return 0;
}

PyMODINIT_FUNC PyInit__asyncwhy_recorder(void) { return PyModuleDef_Init(&definition); }
