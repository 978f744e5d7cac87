"""Messages come in over WebSockets, pydantic validates them, and the other sockets' messages wait."""

import asyncio, json
import websockets
from pydantic import BaseModel, field_validator


class Point(BaseModel):
    x: float
    y: float
    tags: list[str]

    @field_validator("x", "y")
    @classmethod
    def finite(cls, v):
        if v != v:
            raise ValueError("nan")
        return round(v, 3)


class Batch(BaseModel):
    points: list[Point]


raw = json.dumps({"points": [{"x": i * 1.1, "y": i * 2.2, "tags": ["a", "b"]} for i in range(6000)]})


async def handler(ws):
    async for message in ws:
        batch = Batch.model_validate_json(message)
        await ws.send(str(len(batch.points)))


async def client(port):
    async with websockets.connect(f"ws://127.0.0.1:{port}", compression=None) as ws:
        for _ in range(8):
            await ws.send(raw)
            await ws.recv()


async def main():
    async with websockets.serve(handler, "127.0.0.1", 0, max_size=None, compression=None) as server:
        port = server.sockets[0].getsockname()[1]
        await asyncio.gather(*(client(port) for _ in range(4)))


asyncio.run(main())
