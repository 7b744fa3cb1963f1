"""The checks of a verification, each in a module, and what they share. Run by the worker, one after the other."""
