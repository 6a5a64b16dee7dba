#!/usr/bin/env bash
# Packages: uvloop 0.23.0; Python 3.11.
# Expected: a server that is busy a few milliseconds each turn of its event loop still accepts a
#       burst of connections at once, as asyncio does: its loop accepts until none is left.
# Seen: uvloop accepts one connection a turn. With 2 ms of work each turn, the last of 300 clients
#       that connect together is accepted 0.6 s later, before any timer of the server can see it.
# So:   let turns pass without work while requests wait, or the burst is served at the pace of the
#       work; limits on waiting begin when a connection is accepted, not when it was made.
# Source: libuv, src/unix/stream.c, uv__server_io: one accept for each readiness event.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet uvloop==0.23.0 2>/dev/null
"$folder/venv/bin/python" - <<'PY'
import asyncio
import socket
import sys
from collections import Counter

import uvloop

CLIENTS = 100


async def largest_burst() -> int:
    """Return how many connections are accepted in one turn, of 100 that were made before it."""
    turn = 0
    turns = Counter()

    class Peer(asyncio.Protocol):
        def connection_made(self, transport):
            turns[turn] += 1

    loop = asyncio.get_running_loop()
    server = await loop.create_server(Peer, "127.0.0.1", 0, backlog=2 * CLIENTS)
    address = server.sockets[0].getsockname()
    clients = [socket.create_connection(address) for _ in range(CLIENTS)]
    while turns.total() < CLIENTS and turn < 10 * CLIENTS:
        await asyncio.sleep(0)
        turn += 1
    for client in clients:
        client.close()
    server.close()
    return max(turns.values())


standard = asyncio.run(largest_burst())
faster = uvloop.run(largest_burst())
print(f"connections accepted in one turn: asyncio {standard}, uvloop {faster}")
sys.exit(not (standard > 10 and faster == 1))
PY
