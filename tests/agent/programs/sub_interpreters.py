# Sub-interpreters that compute and keep threads of their own while the main one does.
import sys
import threading
import time

try:
    import _interpreters as interpreters

    run = interpreters.exec
except ImportError:
    import _xxsubinterpreters as interpreters

    run = interpreters.run_string

CODE = """
import sys, threading, time
print(sorted(name for name in sys.modules if "asyncwhy" in name))
print([thread.name for thread in threading.enumerate()])
finish = time.monotonic() + 0.15
total = 0
while time.monotonic() < finish:
    total += sum(range(100))
print("computed")
"""


def compute(number):
    made = interpreters.create()
    run(made, CODE)
    interpreters.destroy(made)


def main():
    for number in range(3):
        thread = threading.Thread(target=compute, args=(number,), name=f"runs {number}")
        thread.start()
        time.sleep(0.02)
        thread.join()
    print(sorted(thread.name for thread in threading.enumerate()))
    sys.stdout.flush()


main()
