import asyncio

HOSTS = ["alpha", "beta", "gamma"]


async def probe(host):
    process = await asyncio.create_subprocess_exec(
        "sh", "-c", f"sleep 0.2; echo {host} is up", stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    print(output.decode().strip())


async def main():
    await asyncio.gather(*(probe(host) for host in HOSTS))


if __name__ == "__main__":
    asyncio.run(main())
