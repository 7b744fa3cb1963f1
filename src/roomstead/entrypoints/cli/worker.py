"""The worker."""

from typing import Annotated

import typer

from roomstead.entrypoints.cli.errors import told


def worker(
    until_eof: Annotated[
        bool, typer.Option("--until-eof", hidden=True, help="Stop when standard input ends: for `serve`.")
    ] = False,
) -> None:
    """Send to and read from calendars, until stopped. As many may run as there is work for."""
    import asyncio

    with told():
        from roomstead.bootstrap.database import worker_database
        from roomstead.bootstrap.logs import configure_logging
        from roomstead.config import load

        settings = load()
        configure_logging(settings.log_level, settings.log_format)
        url = worker_database(settings)
        from roomstead.entrypoints.worker.process import work_until_stopped

        asyncio.run(work_until_stopped(settings, url, until_eof=until_eof))
