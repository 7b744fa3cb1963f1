"""Lets ``python -m roomstead.entrypoints.cli`` be ``roomstead``."""

from roomstead.entrypoints.cli.app import main

main()
