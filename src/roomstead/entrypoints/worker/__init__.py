"""The worker process: jobs, and the sweep that finds what is due."""
