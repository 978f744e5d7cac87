import asyncio
import time

TICK = 0.01
TICKS = 12


class Player:
    def __init__(self, number):
        self.position = number
        self.speed = number % 7

    def move(self):
        self.position += self.speed * TICK


async def play(player):
    for _ in range(TICKS):
        player.move()
        await asyncio.sleep(TICK)


async def main():
    started = time.perf_counter()
    games = []
    for group in range(80):
        for number in range(100):
            games.append(asyncio.ensure_future(play(Player(group * 100 + number))))
        await asyncio.sleep(0.002)
    for game in games:
        await game
    print(f"{len(games)} players, {time.perf_counter() - started:.3f} s")


if __name__ == "__main__":
    asyncio.run(main())
