"""What is true: types and decisions. Standard library only; no clock, no I/O, no async."""
