"""What can be asked: use cases, one verb a file, and the ports they need."""
