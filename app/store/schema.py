"""The revision of the schema: that of this version, and that of a database."""

from functools import cache

from sqlalchemy import text
from sqlmodel import Session

from app.errors import Unavailable
from app.settings import ROOT

MIGRATIONS = ROOT / "migrations"


@cache
def head() -> str:
    """Return the revision of this version's schema: the number of the last migration."""
    return max(path.name.partition("_")[0] for path in MIGRATIONS.glob("versions/[0-9]*.py"))


_REVISION = text("SELECT version_num FROM alembic_version")


def check_not_newer(session: Session) -> None:
    """Raise Unavailable if newer code has migrated the database under this process."""
    revision = session.connection().execute(_REVISION).scalar()
    if revision is not None and revision > head():
        raise Unavailable(
            f"The database is at schema {revision}, made by a later version of Briefbase; this "
            f"process knows schemas up to {head()}. Nothing was written; restart the service."
        )


def is_intact(session: Session) -> bool:
    """Whether SQLite finds no damaged page."""
    return session.connection().execute(text("PRAGMA quick_check(1)")).scalar() == "ok"
