/* How long a thread stood ready in the system's run queue.  The GIL is kept: to let it go for each of three calls of a
 * few microseconds would wake the loop's thread, and this one to get it back, three times.
 */
#include "recorder.h"
#include <fcntl.h>
#include <unistd.h>

/* queued(thread): by the system's own number of the thread (Documentation/scheduler/sched-stats.rst: the second number of
 * `schedstat` is nanoseconds spent waiting on a run queue).  Raises OSError where that cannot be read. */
PyObject *time_queued(PyObject *module, PyObject *thread) {
    char path[64], text[96];
    long number = PyLong_AsLong(thread);
    if (number == -1 && PyErr_Occurred())
        return NULL;
    snprintf(path, sizeof path, "/proc/self/task/%ld/schedstat", number);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return PyErr_SetFromErrno(PyExc_OSError);
    ssize_t length = read(file, text, sizeof text - 1);
    close(file);
    unsigned long long ran, queued = 0;
    text[length > 0 ? length : 0] = 0;
    if (sscanf(text, "%llu %llu", &ran, &queued) != 2) {
        PyErr_SetString(PyExc_OSError, "no such numbers");
        return NULL;
    }
    return PyLong_FromUnsignedLongLong(queued);
}
