"""``python -m roomstead_sandbox``."""

from roomstead_sandbox.cli import main

main()
