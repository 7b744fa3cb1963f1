"""The words of the API and of the commands' ``--json``: one set of shapes for both."""
