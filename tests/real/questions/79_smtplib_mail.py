"""Sends confirmation mails with smtplib in the request handler."""

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
    file = connection.makefile("rwb")
    file.write(b"220 ready\r\n")
    file.flush()
    for line in file:
        command = line[:4].upper()
        time.sleep(0.02)
        if command == b"DATA":
            file.write(b"354 go\r\n")
            file.flush()
            while file.readline() != b".\r\n":
                pass
        file.write(b"250 ok\r\n" if command != b"QUIT" else b"221 bye\r\n")
        file.flush()


def send_confirmation(port, address):
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        smtp.sendmail("shop@example.org", [address], "Subject: thanks\r\n\r\nthanks")


async def register(port, address):
    await asyncio.sleep(0.01)
    send_confirmation(port, address)
    return address


async def main():
    server = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=fake_smtp, args=(server,), daemon=True).start()
    port = server.getsockname()[1]
    print(await asyncio.gather(*(register(port, f"user{n}@example.org") for n in range(4))))


asyncio.run(main())
