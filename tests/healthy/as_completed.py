"""Results in the order in which they arrive."""

import asyncio


async def ask(expert, seconds):
    await asyncio.sleep(seconds)
    return f"{expert} says {seconds * 100:.0f}"


async def main():
    questions = [ask("ada", 0.3), ask("bob", 0.1), ask("eve", 0.2)]
    for answer in asyncio.as_completed(questions):
        print(await answer)


if __name__ == "__main__":
    asyncio.run(main())
