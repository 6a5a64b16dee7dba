"""Errors of storage as sentences: a read-only or full disk, a missing or damaged file, a schema."""

import errno

DAMAGED = "A page of the database file is damaged; put a backup in its place."
NOT_A_DATABASE = "The file is not a database; put the database or a backup in its place."
READ_ONLY = "The disk of the database is read-only."
FULL = "The disk of the database is full."
MISSING = "The database file is missing; put it or a backup in its place."
_SCHEMA = "The schema of the database is not the one of this version; see /readyz."
_CANNOT_OPEN = "The database file cannot be opened."
_IO = "The disk of the database reports an error."
_AWAY = "The database server is away or starting; try again shortly."

_SQLITE_MESSAGES = (
    ("readonly database", READ_ONLY),
    ("disk is full", FULL),
    ("disk image is malformed", DAMAGED),
    ("file is not a database", NOT_A_DATABASE),
    ("unable to open database file", _CANNOT_OPEN),
    ("disk I/O error", _IO),
    ("no such table", _SCHEMA),
    ("no such column", _SCHEMA),
)
"""Parts of SQLite's messages, which older versions of Python give without a code."""
_POSTGRES_STATES = {
    "53100": FULL,
    "25006": "The database server accepts no writes; it is a standby.",
    "57P01": _AWAY,
    "57P02": _AWAY,
    "57P03": _AWAY,
    "XX001": "A page of the database is damaged.",
    "XX002": "An index of the database is damaged.",
    "42P01": _SCHEMA,
    "42703": _SCHEMA,
}
"""By the code of an error: https://www.postgresql.org/docs/current/errcodes-appendix.html."""
_OS_ERRORS = {
    errno.EROFS: READ_ONLY,
    errno.EACCES: "The database file may not be written by this user.",
    errno.EPERM: "The database file may not be written by this user.",
    errno.ENOSPC: FULL,
    errno.EDQUOT: FULL,
    errno.EIO: _IO,
}


def reason(error: BaseException) -> str | None:
    """Return the fault of storage that an error reports, as a sentence; None for any other."""
    original = getattr(error, "orig", None) or error
    if isinstance(original, OSError):
        return _OS_ERRORS.get(original.errno or 0)
    state = getattr(original, "sqlstate", None)
    if state:
        return _POSTGRES_STATES.get(state)
    message = str(original)
    for part, sentence in _SQLITE_MESSAGES:
        if part in message:
            return sentence
    return None
