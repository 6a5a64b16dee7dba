"""Yardstick: a server that sends the stored bytes of all items, read from SQLite, and no more.

`python -m tests.bench.stored FILE PORT`
"""

import socket
import sqlite3
import sys
from contextlib import closing
from typing import Any

BLOCK_ROWS = 200
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\nconnection: close\r\n\r\n"


def main() -> None:
    """Serve one connection after another."""
    with socket.create_server(("127.0.0.1", int(sys.argv[2]))) as server:
        while True:
            connection, _ = server.accept()
            with connection:
                request = connection.recv(1 << 16)
                connection.sendall(HEAD)
                if request.startswith(b"GET /items"):
                    _send(connection)


def _send(connection: socket.socket) -> None:
    with closing(sqlite3.connect(sys.argv[1])) as database:
        cursor: Any = database.execute("SELECT body FROM item_json")
        while rows := cursor.fetchmany(BLOCK_ROWS):
            connection.sendall(b"\n".join([body for (body,) in rows]))


if __name__ == "__main__":
    main()
