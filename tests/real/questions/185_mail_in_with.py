"""A welcome mail is sent by a background task; the sign-ups wait for the mail server."""

import asyncio
import smtplib
import socket
import threading
import time


def fake_smtp(server):
    while True:
        connection, _ = server.accept()
        threading.Thread(target=talk, args=(connection,), daemon=True).start()


def talk(connection):
    time.sleep(0.1)
    file = connection.makefile("rwb")
    file.write(b"220 ready\r\n")
    file.flush()
    for line in file:
        file.write(b"221 bye\r\n" if line[:4].upper() == b"QUIT" else b"250 ok\r\n")
        file.flush()


async def welcome(port, name):
    with smtplib.SMTP("127.0.0.1", port, local_hostname="localhost") as smtp:
        code, _ = smtp.noop()
    return name, code


async def main():
    server = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=fake_smtp, args=(server,), daemon=True).start()
    port = server.getsockname()[1]
    print(await asyncio.gather(*(welcome(port, f"user{n}") for n in range(5))))


asyncio.run(main())
