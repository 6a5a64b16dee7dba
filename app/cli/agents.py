"""The command `mcp`."""

from contextlib import closing

from app.cli.terminal import read_settings


def mcp() -> None:
    """Serve an agent over standard input and output, in the Model Context Protocol."""
    settings = read_settings()
    from app import startup, telemetry
    from app.mcp import server
    from app.store.db import Database

    telemetry.configure(settings.log_level)
    with closing(Database(settings.database_url, read_timeout=settings.read_timeout)) as database:
        startup.prepare(database, settings)
        server.serve_stdio(settings, database)
