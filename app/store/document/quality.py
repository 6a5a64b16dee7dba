"""The figures of a briefing's report, kept beside it to be added up."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete
from sqlmodel import Session, col

from app.normalize.report.quality import counts
from app.store.rows import insert_rows
from app.store.tables import Measure


def measure(session: Session, briefing_pk: int, report: Mapping[str, Any] | None) -> None:
    """Put down the figures of a report in place of the former ones; a draft has none."""
    session.execute(delete(Measure).where(col(Measure.briefing_pk) == briefing_pk))
    figures = counts(report) if report else {}
    insert_rows(
        session,
        Measure,
        [
            {"briefing_pk": briefing_pk, "name": name, "value": value}
            for name, value in figures.items()
        ],
    )
