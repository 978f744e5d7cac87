import asyncio


class Device:
    def __init__(self, name):
        self.name = name
        self.calibrated = False

    async def calibrate(self):
        await asyncio.sleep(0.1)
        self.calibrated = True


async def main():
    devices = [Device(name) for name in ("left", "right")]
    pending = []
    for device in devices:
        pending.append(device.calibrate())
    await asyncio.sleep(0.3)
    print([device.calibrated for device in devices])


if __name__ == "__main__":
    asyncio.run(main())
