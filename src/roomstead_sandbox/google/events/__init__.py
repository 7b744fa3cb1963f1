"""Events, their instances and changes, free and busy times, channels and batches."""
