"""The positions up to which this database follows others."""

from sqlmodel import Session

from app.store.tables import MirrorPosition


def position(session: Session, url: str) -> str | None:
    """Return the position in the changes of another Briefbase, None before the first."""
    row = session.get(MirrorPosition, url)
    return row.position if row else None


def set_position(session: Session, url: str, position: str) -> None:
    """Remember a position."""
    row = session.get(MirrorPosition, url) or MirrorPosition(url=url, position=position)
    row.position = position
    session.add(row)
