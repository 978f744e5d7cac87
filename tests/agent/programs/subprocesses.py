# Children with an environment of their own, of ours changed, by asyncio, by a shell, and one that is not there.
import asyncio
import os
import subprocess
import sys

SHOW = "import os, sys; print(sorted(os.environ.items()), sys.path[1:])"


def show(**named):
    done = subprocess.run([sys.executable, "-c", SHOW], stdout=subprocess.PIPE, **named)
    print(done.stdout.decode(), done.returncode)


async def main():
    show()
    show(env={"A": "1"})
    show(env={b"A": b"1"})
    show(env=dict(os.environ, PYTHONPATH="/of/mine"))
    show(env={"PYTHONPATH": ""})
    os.environ["B"] = "2"
    show()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", SHOW, env={"C": "3"}, stdout=asyncio.subprocess.PIPE
    )
    print((await process.communicate())[0].decode(), process.returncode)
    print(os.system("exit 3"))
    pid = os.posix_spawn(
        sys.executable, [sys.executable, "-c", "import os; os._exit('D' in os.environ)"], {"D": "4"}
    )
    print(os.waitpid(pid, 0)[1])
    print(os.spawnl(os.P_WAIT, sys.executable, sys.executable, "-c", "raise SystemExit(5)"))
    print(subprocess.run([sys.executable, "-c", SHOW], close_fds=False).returncode)  # spawned from 3.13 on
    for wrong in ({1: 2}, 5):
        try:
            os.posix_spawn("/bin/true", ["true"], wrong)
        except TypeError as error:
            print(error)
    environment = {"A": "1"}
    subprocess.run(["true"], env=environment)
    print(environment)
    try:
        await asyncio.create_subprocess_exec("/nowhere/to/be/found")
    except FileNotFoundError:
        import traceback

        traceback.print_exc()
    subprocess.run(["/nowhere/to/be/found"], env={"A": "1"})


asyncio.run(main())
