"""The heavy endpoint is a plain `def` and so runs in a thread; with four users it is four times slower."""

import asyncio
import math

import fastapi
import httpx

app = fastapi.FastAPI()


def length(tour):
    return sum(
        math.dist((a * 7919 % 1000, a), (b * 7919 % 1000, b)) for a, b in zip(tour, tour[1:] + tour[:1])
    )


@app.get("/tour")
def tour(seed: int):
    best = list(range(seed, seed + 60))
    for _ in range(12):
        best = min(
            (best[:i] + best[i:j][::-1] + best[j:] for i in range(1, 59) for j in range(i + 1, 60, 3)),
            key=length,
        )
    return {"length": round(length(best), 1)}


async def main():
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://tours", timeout=60) as client:
        answers = await asyncio.gather(*(client.get("/tour", params={"seed": n}) for n in range(1, 5)))
        print([answer.json()["length"] for answer in answers])


asyncio.run(main())
