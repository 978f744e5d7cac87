import asyncio
import subprocess

HOSTS = ["alpha", "beta", "gamma"]


async def probe(host):
    result = subprocess.run(["sh", "-c", f"sleep 0.2; echo {host} is up"], stdout=subprocess.PIPE)
    print(result.stdout.decode().strip())


async def main():
    await asyncio.gather(*(probe(host) for host in HOSTS))


if __name__ == "__main__":
    asyncio.run(main())
