"""Reads its settings before the loop starts, then works."""

import ast
import asyncio
import pathlib


def count_functions():
    tree = ast.parse(pathlib.Path(__file__).read_text())
    return sum(isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) for node in ast.walk(tree))


async def work(number):
    await asyncio.sleep(0.1 + number * 0.03)
    return number


async def main(workers):
    print(await asyncio.gather(*(work(number) for number in range(workers))))


if __name__ == "__main__":
    asyncio.run(main(count_functions() * 3))
