"""htop shows hundreds of threads.  Where do they come from?"""

import asyncio
import threading
import time

sent = []


def send_mail(address):
    time.sleep(0.4)
    sent.append(address)


async def sign_up(number):
    await asyncio.sleep(0.01)
    threading.Thread(target=send_mail, args=(f"user{number}@example.org",)).start()


async def main():
    await asyncio.gather(*(sign_up(number) for number in range(80)))
    while len(sent) < 80:
        await asyncio.sleep(0.05)
    print(len(sent), "mails")


asyncio.run(main())
