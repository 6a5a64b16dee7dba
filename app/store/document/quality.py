"""The numbers of a briefing's quality report, stored apart so that many can be added up."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from app.normalize.report.quality import counts
from app.store.rows import insert_rows
from app.store.tables import Measure


def write_measures(session: Session, briefing_pk: int, report: Mapping[str, Any] | None) -> None:
    """Write the measures of a briefing that has none, from its report; a draft has no report."""
    rows = []
    if report:
        for name, value in counts(report).items():
            rows.append({"briefing_pk": briefing_pk, "name": name, "value": value})

    insert_rows(session, Measure, rows)
