import time

import trio

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
        await trio.sleep(TICK)


async def main():
    started = time.perf_counter()
    async with trio.open_nursery() as nursery:
        for number in range(1500):
            nursery.start_soon(play, Player(number))
    print(f"1500 players, {time.perf_counter() - started:.3f} s")


if __name__ == "__main__":
    trio.run(main)
