"""`python -m asyncwhy`."""

import sys

if __name__ == "__main__":
    # `python -m` puts the current folder first, where the observed program may have a `json.py` of its own.
    if not sys.flags.safe_path:
        del sys.path[0]
    from asyncwhy.cli import main

    main()
