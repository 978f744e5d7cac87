"""A FastAPI service as people write it: one endpoint blocks the loop, one runs in threads, one is right."""

import asyncio
import os
import time

import fastapi
import requests

app = fastapi.FastAPI()


@app.get("/price/{article}")
async def price(article: int):
    answer = requests.get(f"{os.environ['UPSTREAM']}/{article}")
    return {"article": article, "price": answer.text}


@app.get("/report/{number}")
def report(number: int):
    time.sleep(0.1)
    return {"report": number}


@app.get("/healthy/{number}")
async def healthy(number: int):
    await asyncio.sleep(0.05)
    return {"number": number}
