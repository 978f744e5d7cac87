"""I store each mail as it comes; with many senders at once my SMTP answers become slow."""

import asyncio
import os
import tempfile

folder = tempfile.TemporaryDirectory()


def store(number, mail):
    path = os.path.join(folder.name, f"{number}.eml")
    for part in range(4):
        with open(f"{path}.{part}", "w") as file:
            file.write(mail)
            file.flush()
            os.fsync(file.fileno())
        os.rename(f"{path}.{part}", path)


async def session(number):
    await asyncio.sleep(0.001 * (number % 10))
    for part in range(5):
        await asyncio.sleep(0.001)
        store(number * 10 + part, "Subject: hello\n\n" + "line\n" * 200)


async def main():
    await asyncio.gather(*(session(number) for number in range(20)))
    print(len(os.listdir(folder.name)), "mails")


asyncio.run(main())
folder.cleanup()
