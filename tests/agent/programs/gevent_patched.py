# gevent's patches of sockets, threads and time: a loop of asyncio's between greenlets.
# needs: gevent
# flags: -W ignore
from gevent import monkey

monkey.patch_all()

import asyncio
import socket
import threading
import time

import gevent

order = []


def green(name):
    for number in range(3):
        order.append((name, number))
        gevent.sleep(0.002)


async def work():
    await asyncio.sleep(0.005)
    return "worked"


gevent.joinall([gevent.spawn(green, "a"), gevent.spawn(green, "b")])
print(order)
thread = threading.Thread(target=lambda: print(asyncio.run(work())))
thread.start()
thread.join()
print(asyncio.run(work()))
one, other = socket.socketpair()
gevent.joinall([gevent.spawn(one.sendall, b"hello"), gevent.spawn(lambda: print(other.recv(9)))])
time.sleep(0.01)
print(threading.active_count(), type(threading.current_thread()).__name__)
