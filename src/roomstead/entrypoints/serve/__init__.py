"""``roomstead serve``: the web in this process, the worker as a child that is watched."""
