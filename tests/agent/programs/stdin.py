# stdin: one\ntwo\nthree
import asyncio
import sys


async def main():
    loop = asyncio.get_running_loop()
    print(repr(await loop.run_in_executor(None, sys.stdin.readline)))
    print(input("prompt "))
    print(repr(sys.stdin.read()))


asyncio.run(main())
