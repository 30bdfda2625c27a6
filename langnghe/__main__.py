"""`python -m langnghe` is the same as `langnghe`."""

from langnghe.cli import main

main()
