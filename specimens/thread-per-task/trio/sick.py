import threading
import time

import trio


def wait_for_reply(device, token, done):
    time.sleep(0.3)
    trio.from_thread.run_sync(done.set, trio_token=token)


async def ask(device, answered):
    done = trio.Event()
    token = trio.lowlevel.current_trio_token()
    threading.Thread(target=wait_for_reply, args=(device, token, done)).start()
    await done.wait()
    answered.append(device)


async def main():
    answered = []
    async with trio.open_nursery() as nursery:
        for device in range(60):
            nursery.start_soon(ask, device, answered)
    print(f"{len(answered)} devices answered")


if __name__ == "__main__":
    trio.run(main)
