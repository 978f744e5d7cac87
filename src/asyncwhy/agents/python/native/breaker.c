/* Pending calls of the main thread, from a thread that does not hold the GIL.
 *
 * Up to 3.11 `Py_AddPendingCall` looks at the interpreter of whoever holds the GIL at that moment: a thread that may
 * just be ending, or a sub-interpreter's, where the call would never be made.  So the main interpreter is named.
 *
 * Up to 3.12 a pending call that another thread asks for waits until the main thread next takes the GIL: who asks
 * computes the evaluation breaker for itself.  (From 3.13 on it is set for the main thread.)
 * So the breaker is set here as well.  That is always allowed: a thread that finds it set looks what there is to do.
 * Where it lies is in CPython's own headers; it is used only if a pending call of the main thread is seen to set it.
 */
#define Py_BUILD_CORE 1
#include "recorder.h"
#if PY_VERSION_HEX < 0x030d0000 && defined(__has_include)
#if __has_include(<internal/pycore_interp.h>)
#include <internal/pycore_interp.h>
#define FIELD ((int *)&PyInterpreterState_Main()->ceval.eval_breaker)
#endif
#endif

#ifdef FIELD
#if PY_VERSION_HEX < 0x030c0000
/* `internal/pycore_ceval.h`, whose other lines do not compile outside CPython in every version. */
PyAPI_FUNC(int) _PyEval_AddPendingCall(PyInterpreterState *interpreter, int (*call)(void *), void *given);
#define ADD(call) _PyEval_AddPendingCall(PyInterpreterState_Main(), call, NULL)
#else
#define ADD(call) Py_AddPendingCall(call, NULL)
#endif

static int *breaker;

static int nothing(void *ignored) { return 0; }

int breaker_add_call(int (*call)(void *)) { return ADD(call); }

int breaker_find(void) {
    int before = __atomic_load_n(FIELD, __ATOMIC_RELAXED);
    if (before == 0 && ADD(nothing) == 0 && __atomic_load_n(FIELD, __ATOMIC_RELAXED) == 1)
        breaker = FIELD;
    return breaker != NULL;
}

void breaker_set(void) {
    if (breaker != NULL)
        __atomic_store_n(breaker, 1, __ATOMIC_RELEASE);
}
#else
int breaker_add_call(int (*call)(void *)) { return Py_AddPendingCall(call, NULL); }

int breaker_find(void) { return PY_VERSION_HEX >= 0x030d0000; }

void breaker_set(void) {}
#endif
