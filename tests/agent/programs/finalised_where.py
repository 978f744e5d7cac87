"""An object is finalised on the thread that dropped it, also when a sampler has just looked at its frame."""

import json
import sys
import threading

ORDER = '{"id": 1, "tags": ["new"]}'
DOCUMENT = "[" + ",".join([ORDER] * 4000) + "]"
elsewhere = []


class Kept:
    def __init__(self, owner):
        self.owner = owner

    def __del__(self):
        if threading.get_ident() != self.owner:
            elsewhere.append(self.owner)


def parse(owner):
    kept = Kept(owner)
    parsed = json.loads(DOCUMENT)
    return kept, len(parsed)


def work():
    owner = threading.get_ident()
    for _ in range(150):
        parse(owner)


other = threading.Thread(target=work)
other.start()
work()
other.join()
print(len(elsewhere), "of 300 were finalised on another thread than their own")
sys.stdout.flush()
