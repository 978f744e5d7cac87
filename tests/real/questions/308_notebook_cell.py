"""My notebook fetches one page after the other although I await: its cells lie in no file.

A kernel compiles each cell under a name that is in no folder, puts its lines into `linecache`, and awaits it.
"""

import ast
import asyncio
import linecache

CELL = """\
import asyncio

async def page(number):
    await asyncio.sleep(0.1)
    return number

found = []
for number in range(6):
    found.append(await page(number))
"""


async def kernel(cell, name, namespace):
    linecache.cache[name] = (len(cell), None, cell.splitlines(True), name)
    code = compile(cell, name, "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    await eval(code, namespace)


namespace = {}
asyncio.run(kernel(CELL, "/nowhere/kernel_4711/628739735.py", namespace))
print(namespace["found"])
