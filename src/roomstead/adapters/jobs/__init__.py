"""Jobs kept in our own PostgreSQL by Procrastinate: left in the caller's transaction, done by any number of workers.

``queue`` leaves jobs, ``worker`` does them. Only workers load Procrastinate.
"""
