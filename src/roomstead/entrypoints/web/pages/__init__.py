"""The pages that people see: server-rendered, usable without scripts as far as reading and submitting go."""
