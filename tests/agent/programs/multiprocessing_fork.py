import asyncio
import multiprocessing
import os


def child(n):
    asyncio.run(asyncio.sleep(0.01))
    print("child", n, sorted(os.environ) == sorted(os.environb_copy), flush=True)
    return n * n


os.environb_copy = list(os.environ)
if __name__ == "__main__":
    context = multiprocessing.get_context("fork")
    for n in range(2):
        process = context.Process(target=child, args=(n,))
        process.start()
        process.join()
        print(process.exitcode)
    with context.Pool(2) as pool:
        print(sum(pool.map(abs, range(10))))
    process = context.Process(target=os._exit, args=(4,))
    process.start()
    process.join()
    print(process.exitcode)
