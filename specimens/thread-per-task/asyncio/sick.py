import asyncio
import threading
import time


def wait_for_reply(device, loop, reply):
    time.sleep(0.3)
    loop.call_soon_threadsafe(reply.set_result, f"device {device} is on")


async def ask(device):
    loop = asyncio.get_running_loop()
    reply = loop.create_future()
    threading.Thread(target=wait_for_reply, args=(device, loop, reply)).start()
    return await reply


async def main():
    replies = await asyncio.gather(*(ask(device) for device in range(60)))
    print(f"{len(replies)} devices answered")


if __name__ == "__main__":
    asyncio.run(main())
