"""A loop thread and clients in threads of their own: run_coroutine_threadsafe."""

import asyncio
import threading


async def lookup(name):
    await asyncio.sleep(0.1)
    return name.upper()


def serve(loop, answers):
    for name in ("ada", "bob", "eve"):
        future = asyncio.run_coroutine_threadsafe(lookup(name), loop)
        answers.append(future.result(timeout=2))


def main():
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="loop", daemon=True)
    thread.start()
    answers = []
    clients = [threading.Thread(target=serve, args=(loop, answers)) for _ in range(3)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()
    print(answers)


main()
