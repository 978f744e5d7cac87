"""Polls a job's status over HTTP until it is done: a wanted interval; healthy."""

import asyncio

import httpx

state = {"polls": 0}


async def status(request):
    state["polls"] += 1
    await asyncio.sleep(0.01)
    return httpx.Response(200, json={"done": state["polls"] > 5})


async def wait_until_done(client, job):
    while True:
        answer = await client.get(f"/jobs/{job}")
        if answer.json()["done"]:
            return job
        await asyncio.sleep(0.1)


async def main():
    async with httpx.AsyncClient(transport=httpx.MockTransport(status), base_url="http://jobs") as client:
        print(await wait_until_done(client, 7))


asyncio.run(main())
