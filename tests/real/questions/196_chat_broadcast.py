"""Two members of our chat have a bad line, and everybody else gets the messages late."""

import asyncio
import json


class Member:
    def __init__(self, name, delay):
        self.name, self.delay, self.got = name, delay, []

    async def send(self, text):
        await asyncio.sleep(self.delay)
        self.got.append(text)


class Room:
    def __init__(self):
        self.members = {}

    def join(self, member):
        self.members[member.name] = member

    async def broadcast(self, text):
        message = json.dumps({"text": text})
        for name, member in self.members.items():
            if name != "ann":
                await member.send(message)


async def main():
    room = Room()
    for name, delay in [("ann", 0.0), ("ben", 0.06), ("cho", 0.0), ("dan", 0.05), ("eve", 0.06)]:
        room.join(Member(name, delay))
    for number in range(6):
        await room.broadcast(f"hello {number}")
        await asyncio.sleep(0.02)


asyncio.run(main())
