"""The command line: arguments enter, text and exit codes leave; no other room prints."""

import atexit
import contextlib
import gc
import os
import sys

from app import __version__

COMMANDS = {
    "serve": "Serve the API.",
    "ingest": "Ingest documents.",
    "parse": "Print a document as the API's JSON of its briefing, without ids.",
    "delete": "Delete a briefing.",
    "restore": "Restore the last deleted briefing of this id; its items get the ids they had.",
    "purge": "Erase the documents of a deleted briefing for good, and its entries in the logs.",
    "audit": "Print who wrote what and when, the last act first.",
    "doctor": "Check the installation and the database.",
    "watch": "Ingest what appears or changes in a folder, until interrupted; prints one line each.",
    "mirror": "Keep the configured database equal to another Briefbase, over HTTP alone.",
    "copy": "Copy a whole database, also between SQLite and PostgreSQL.",
    "backup": "Back up the database while others write, and restore it.",
    "export": "Write all tables as NDJSON, CSV and Parquet, with a manifest and a data package.",
    "digest": "Print a digest of the last days.",
    "mcp": "Serve an agent over standard input and output, in the Model Context Protocol.",
    "collect": "Collect articles from the feeds of OPML files.",
    "draft": "Write the draft of a day's briefing from collected articles.",
    "reindex": "Rebuild all derived data, such as the search index and the stored JSON.",
    "migrate": "Update the schema, and load the seeds into an empty database.",
    "entities": "Correct the identity of entities: create, merge, split, alias, undo.",
    "keys": "Manage keys for writing over HTTP.",
    "dialects": "Describe and try layouts of dailies.",
    "catalogue": "Check and share a catalogue of names.",
}
"""The first sentence of each command's help."""


def main() -> None:
    """Run the command line.

    `--version` and `--help` are answered here: loading the commands costs 0.3 s of processor time.
    """
    arguments = sys.argv[1:]
    if arguments == ["--version"]:
        print(f"briefbase {__version__}")
    elif arguments in ([], ["--help"]):
        print(usage())
    else:
        # A start makes 300,000 objects that stay: collections of them took a fifth of it.
        gc.set_threshold(1_000_000, 50, 50)
        ending = _Ending()
        # The first that is registered is called last.
        atexit.register(ending)
        from app.cli.commands import run

        try:
            run()
        except SystemExit as leaving:
            ending.code = leaving.code
            raise
        ending.code = 0
    sys.exit(0 if arguments else 2)


class _Ending:
    """Ends the process with a code, without taking its objects apart, which takes 0.1 s.

    Threads, handlers and connections have ended before. Without a code, Python ends the process.
    """

    code: str | int | None = None

    def __call__(self) -> None:
        gc.freeze()
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
            if isinstance(self.code, int):
                os._exit(self.code)


def usage() -> str:
    """Return the help of the whole program."""
    lines = [
        "Usage: briefbase [OPTIONS] COMMAND [ARGS]...",
        "",
        "  A queryable knowledge base of daily AI briefings.",
        "",
        "Options:",
        "  --version  Print the version.",
        "  --help     Print this help; `briefbase COMMAND --help` describes one command.",
        "",
        "Commands:",
    ]
    for name, summary in COMMANDS.items():
        lines.append(f"  {name:<9}  {summary}")
    return "\n".join(lines)
