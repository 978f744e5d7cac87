/* The current frame of every thread of this interpreter, and of no other: the threads of a sub-interpreter with a lock
 * of its own run while one looks.  From 3.12 on an allocation runs no collector, so nothing here gives up the GIL that
 * keeps the threads' list as it is.
 */
#include "recorder.h"

#if PY_VERSION_HEX >= 0x030c0000 && !defined(Py_GIL_DISABLED)
PyObject *frames_now(PyObject *module, PyObject *nothing) {
    PyObject *made = PyDict_New();
    PyThreadState *thread = made == NULL ? NULL : PyInterpreterState_ThreadHead(PyInterpreterState_Get());
    for (; thread != NULL; thread = PyThreadState_Next(thread)) {
        PyObject *frame = (PyObject *)PyThreadState_GetFrame(thread);
        if (frame == NULL)
            continue;
        PyObject *number = PyLong_FromUnsignedLong(thread->thread_id);
        int done = number == NULL ? -1 : PyDict_SetItem(made, number, frame);
        Py_XDECREF(number);
        Py_DECREF(frame);
        if (done < 0) {
            Py_DECREF(made);
            return NULL;
        }
    }
    return made;
}
#endif
