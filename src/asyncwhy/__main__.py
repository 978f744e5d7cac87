"""`python -m asyncwhy`."""

from asyncwhy.cli import main

if __name__ == "__main__":
    main()
