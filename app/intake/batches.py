"""Taking in a batch of documents, one transaction each."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

from app.errors import AppError
from app.intake.documents import Intake, Offer, refuse_deleted
from app.query.schemas.writing import BatchEntry, BatchFault, BatchReport, DocumentReport
from app.store import answers
from app.store.answers import Answer, Repetition


def take_batch(intake: Intake, offers: Sequence[Offer], repetition: Repetition | None) -> Answer:
    """Take in documents one after the other; the answer has a result for each.

    A repeated batch that was interrupted finds the documents that it stored unchanged.
    """
    now = datetime.now(UTC)
    with intake.database.read() as session:
        earlier = answers.earlier(session, repetition, now)
        if earlier:
            former = BatchReport.model_validate_json(earlier.body)
            reports = [entry.report for entry in former.data if entry.report]
            refuse_deleted(session, reports)
            return earlier
    entries = [_taken(intake, number, offer) for number, offer in enumerate(offers, 1)]
    counts = Counter(entry.report.status if entry.report else "failed" for entry in entries)
    report = BatchReport(data=entries, counts=dict(counts))
    answer = Answer(200, report.model_dump_json().encode())
    if repetition:
        with intake.database.write() as session:
            answers.remember(session, repetition, answer, now)
    intake.database.wait_for_readers()
    return answer


def _taken(intake: Intake, position: int, offer: Offer) -> BatchEntry:
    try:
        answer = intake.take(offer, wait=False)
    except AppError as error:
        fault = BatchFault(
            type=f"urn:briefbase:problem:{error.code}", status=error.status, detail=error.detail
        )
        return BatchEntry(position=position, name=offer.name, report=None, error=fault)
    report = DocumentReport.model_validate_json(answer.body)
    return BatchEntry(position=position, name=report.name, report=report, error=None)
