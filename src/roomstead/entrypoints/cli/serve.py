"""The service."""

from typing import Annotated

import typer

from roomstead.entrypoints.cli.errors import told
from roomstead.entrypoints.cli.running import warn_of_unknown_variables


def serve(
    no_worker: Annotated[
        bool, typer.Option("--no-worker", help="Only the web; run `roomstead worker` beside it.")
    ] = False,
    host: Annotated[str | None, typer.Option("--host", help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option("--port", help="Port to listen on; 0 takes any free one.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the ready line as JSON.")] = False,
) -> None:
    """Run Roomstead: the web, its worker, and its own database where no other is set. Stops on SIGTERM or Ctrl+C."""
    import asyncio
    import gc
    import os

    gc.disable()  # loading makes no garbage, and looking for some takes a tenth of the start
    given = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    with told():
        from roomstead.bootstrap.database import owned_database
        from roomstead.bootstrap.logs import configure_logging
        from roomstead.config import load

        settings = load(**given)
        configure_logging(settings.log_level, settings.log_format)
        warn_of_unknown_variables(dict(os.environ))
        with owned_database(settings) as database:
            from roomstead.entrypoints.serve.main import ReadyLine, serve_until_stopped

            ready = ReadyLine.JSON if as_json else ReadyLine.SENTENCE
            asyncio.run(serve_until_stopped(settings, database, with_worker=not no_worker, ready=ready))
