# A debugger's server in the same process, with its tracing on, and nobody connected.
# needs: debugpy
# env: PYDEVD_DISABLE_FILE_VALIDATION=1
# env: PYTHONFAULTHANDLER=0
import asyncio
import threading

import debugpy

debugpy.configure(subProcess=False)
debugpy.listen(("127.0.0.1", 0), in_process_debug_adapter=True)
debugpy.trace_this_thread(True)


def job():
    return 5


async def work():
    await asyncio.sleep(0.001)
    return await asyncio.get_running_loop().run_in_executor(None, job)


async def main():
    print(await asyncio.gather(work(), work()))
    debugpy.breakpoint()


asyncio.run(main())
print(debugpy.is_client_connected(), type(threading.current_thread()).__name__)
