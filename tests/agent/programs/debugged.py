# A debugger that stops in the program's own functions sees the same lines, variables and stacks.
# stdin: b work\nc\nn\nn\np number\nb after\nc\nup\np doubled\nc\ntbreak job\nc\nw\nc\n
import asyncio
import pdb
import sys


def job(number):
    return number + 1


def after(number):
    return number


async def work(number):
    await asyncio.sleep(0.001)
    doubled = number * 2
    after(doubled)
    return job(doubled)


class Debugger(pdb.Pdb):
    def print_stack_entry(self, frame_lineno, prompt_prefix=""):
        frame, line = frame_lineno
        if frame.f_code.co_filename == __file__:
            print(line, frame.f_code.co_name, file=self.stdout)


debugger = Debugger(nosigint=True, readrc=False)
debugger.prompt = ""
debugger.use_rawinput = False
debugger.runcall(lambda: print(asyncio.run(work(3))))
print(sys.gettrace())
