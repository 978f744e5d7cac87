import time

import anyio

TICK = 0.003
TICKS = 40


class Player:
    def __init__(self, number):
        self.position = number
        self.speed = number % 7

    def move(self):
        self.position += self.speed * TICK


async def play(player):
    for _ in range(TICKS):
        player.move()
        await anyio.sleep(TICK)


async def main():
    started = time.perf_counter()
    async with anyio.create_task_group() as tasks:
        for number in range(1500):
            tasks.start_soon(play, Player(number))
    print(f"1500 players, {time.perf_counter() - started:.3f} s")


if __name__ == "__main__":
    anyio.run(main)
