SLUG = "self-wait"


def find(run):
    return []
