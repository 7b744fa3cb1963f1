"""The documentation that travels with the program, so that a Roomstead without a way out can show its own guides."""
