import asyncio


class Database:
    """One connection, on which one question at a time can be asked."""

    def __init__(self):
        self._turn = asyncio.Lock()

    async def ask(self, question):
        async with self._turn:
            await asyncio.sleep(0.08)
            return f"answer to {question}"


async def serve(database, slots, number):
    async with slots:
        return await database.ask(f"question {number}")


async def main():
    database, slots = Database(), asyncio.Semaphore(9)
    answers = await asyncio.gather(*(serve(database, slots, number) for number in range(9)))
    print(f"{len(answers)} answers")


if __name__ == "__main__":
    asyncio.run(main())
