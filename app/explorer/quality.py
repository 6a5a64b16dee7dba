"""Pages of quality: how completely documents were read, and how well they are sourced."""

from typing import Any

from fastapi import APIRouter

from app.explorer.pages import page, render
from app.explorer.reader import LangOnly, Reader
from app.explorer.words import word
from app.query import briefings
from app.query import quality as query
from app.query.request.briefing_params import QualityList

router = APIRouter(include_in_schema=False)


@router.get("/quality")
@page
def quality_page(reader: Reader) -> Any:
    """Return the reports of documents in numbers, newest first."""
    params = reader.read(QualityList)
    return render(
        reader,
        "quality.html",
        word("quality", reader.lang),
        section="quality",
        listing=query.over_time(reader.session, params, reader.lang),
        use={"as_api": reader.address("/v1/quality", reader.query())},
    )


@router.get("/quality/{briefing_id}")
@page
def report_page(reader: Reader) -> Any:
    """Return the report of a document, with the lines it speaks of."""
    reader.read(LangOnly)
    known = briefings.get(reader.session, reader.part("briefing_id"))
    return render(
        reader,
        "report.html",
        f"{word('quality', reader.lang)} · {known.id}",
        section="quality",
        briefing=known,
        report=query.one(reader.session, known),
        use={"as_api": reader.address(f"/v1/briefings/{known.id}/quality")},
    )
