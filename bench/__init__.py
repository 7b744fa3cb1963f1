"""What is measured, each beside its floor: the barest code that does the same work, on the same machine, in one run."""
