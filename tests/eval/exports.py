"""`make exports`: every export, as pandas, Polars, DuckDB and pyarrow read it without options.

The readers are installed into a temporary environment: they take half a gigabyte. ARGS names a
folder of documents; without it, the seeds are exported. Exits with 1 if two readers differ, or if
the data package is not valid.
"""

import subprocess
import sys
import tempfile
import venv
from contextlib import closing
from pathlib import Path

from app import export, ingest, startup
from app.settings import Settings
from app.store.db import Database
from app.store.migrations import migrate
from tests.bench.copied_items import multiply
from tests.bench.exports import memory_growth

READERS = ("pandas==3.1.1", "polars==2.1.0", "duckdb==2.0.1", "pyarrow==26.0.1")
VALIDATOR = "frictionless==5.21.0"
CHANNEL = Settings.model_fields["channel"].default
MANY_ITEMS = 100_000
MAX_GROWTH_MEGABYTES = 60.0


def main() -> int:
    """Export, read and compare; return the exit code."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        base = folder / "base.db"
        with closing(Database(f"sqlite:///{base}")) as database:
            migrate(database)
            _take_in(database)
            export.to_folder(database, folder / "files", lambda name, size: None)
        code = _compare(folder)
        items = multiply(base, folder / "many.db", MANY_ITEMS)
        growth = memory_growth(folder / "many.db")
        print(f"NDJSON of {items:,} items: {growth:+.0f} MB of resident memory")
        return code or int(growth > MAX_GROWTH_MEGABYTES)


def _take_in(database: Database) -> None:
    if len(sys.argv) < 2:
        startup.load_seeds(database, CHANNEL)
        return
    files = ingest.documents([Path(argument) for argument in sys.argv[1:]])
    for report in ingest.ingest_files(database, files, channel=CHANNEL, default_channel=CHANNEL):
        print(report.name, report.status)


def _compare(folder: Path) -> int:
    venv.create(folder / "venv", with_pip=True)
    python = str(folder / "venv/bin/python")
    subprocess.run([python, "-m", "pip", "install", "--quiet", *READERS, VALIDATOR], check=True)
    script = Path(__file__).with_name("readers.py")
    read = subprocess.run([python, str(script), str(folder / "files")], check=False)
    package = str(folder / "files" / "datapackage.json")
    validate = [python, "-m", "frictionless", "validate", package]
    return read.returncode or subprocess.run(validate, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
