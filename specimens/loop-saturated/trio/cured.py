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


async def play(players):
    for _ in range(TICKS):
        for player in players:
            player.move()
        await trio.sleep(TICK)


async def main():
    started = time.perf_counter()
    await play([Player(number) for number in range(1500)])
    print(f"1500 players, {time.perf_counter() - started:.3f} s")


if __name__ == "__main__":
    trio.run(main)
