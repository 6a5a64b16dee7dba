"""The server behind `briefbase serve`: its sockets are bound before any other work."""

import errno
import gc
import os
import socket
from contextlib import ExitStack, closing
from functools import partial

import uvicorn
from uvicorn.supervisors import Multiprocess

from app import __version__, startup
from app.api.edge.protocol import Protocol
from app.cli.terminal import err, fail
from app.process_map import may_fork, run_in_child, start_child
from app.settings import Settings
from app.store.db import Database
from app.telemetry import log

SHUTDOWN_SECONDS = 10
_GC_THRESHOLDS = (700, 10, 10)
"""Python's own thresholds; those of a command let garbage pile up."""


def run(settings: Settings, host: str, port: int, workers: int) -> None:
    """Bind the port, prepare the database, then serve until interrupted."""
    with ExitStack() as stack:
        sockets = listen(host, port)
        for bound in sockets:
            stack.enter_context(bound)
        _serve(settings, host, sockets, workers)


def _serve(settings: Settings, host: str, sockets: list[socket.socket], workers: int) -> None:
    # An unusable database ends the command here with one sentence, not inside uvicorn.
    if may_fork():
        # Reading the seeds takes 100 MB, which the allocator would keep.
        if run_in_child(partial(_prepare, settings, may_leave=True)):
            start_child(partial(_catch_up, settings))
    else:
        _prepare(settings, may_leave=False)
    gc.set_threshold(*_GC_THRESHOLDS)
    port = sockets[0].getsockname()[1]
    config = uvicorn.Config(
        "app.main:create_prepared_app",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        http=Protocol,
        ws="none",  # a handshake is an ordinary request: it gets a problem document
        log_config=None,  # `telemetry.configure` has set up logging, uvicorn's too
        log_level=settings.log_level,
        access_log=settings.access_log,
        server_header=False,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
    )
    _announce(host, port)
    try:
        if workers > 1:
            Multiprocess(config, sockets=sockets).run()
        else:
            uvicorn.Server(config).run(sockets=sockets)
    except KeyboardInterrupt:
        pass


def _prepare(settings: Settings, *, may_leave: bool) -> bool:
    with closing(Database(settings.database_url)) as database:
        return startup.prepare(database, settings, may_leave=may_leave)


def _catch_up(settings: Settings) -> None:
    with closing(Database(settings.database_url)) as database:
        startup.catch_up(database, settings)


def listen(host: str, port: int) -> list[socket.socket]:
    """Return one bound socket for each address of `host`; a taken port ends the command.

    Port 0 picks a free port.
    """
    sockets: list[socket.socket] = []
    try:
        addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        for family, kind, protocol, _, address in addresses:
            bound = socket.socket(family, kind, protocol)
            sockets.append(bound)
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            bound.bind((address[0], port, *address[2:]))
            bound.set_inheritable(True)
            port = bound.getsockname()[1]
    except OSError as error:
        for bound in sockets:
            bound.close()
        fail(_bind_error(host, port, error))
    return sockets


def _bind_error(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} on {host} is already in use; "
            "set BRIEFBASE_PORT or --port to a free port, or to 0 for any."
        )
    reason = error.strerror or os.strerror(error.errno or 0)
    return f"Cannot listen on {host}, port {port}: {reason}; set BRIEFBASE_HOST or BRIEFBASE_PORT."


def _announce(host: str, port: int) -> None:
    url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    if err.is_terminal:
        err.print(f"Briefbase {__version__} on {url} (documentation at /docs); Ctrl-C stops it.")
    else:
        log.info("serving", version=__version__, url=url, documentation=f"{url}/docs")
