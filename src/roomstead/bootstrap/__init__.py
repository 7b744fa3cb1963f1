"""The only place that wires: settings and adapters into use cases, for whichever entry point asks.

``database`` finds or runs the database, ``service`` builds everything on it, ``use_cases`` binds the use cases to
their ports, ``operator`` holds what an operator does to the installation as a whole. Each is imported by the command
that needs it, so that a command loads no more than it uses.
"""
