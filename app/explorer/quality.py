"""Pages of quality: how completely documents were read, and how well they are sourced."""

from typing import Any

from fastapi import APIRouter

from app.explorer.days import items_of_day
from app.explorer.pages import page, render
from app.explorer.visit import LangOnly, Visit
from app.explorer.words import word
from app.query.documents import briefings
from app.query.documents import quality as query
from app.query.documents.ids import stored_id
from app.query.request.briefing_params import QualityList

router = APIRouter(include_in_schema=False)


@router.get("/quality")
@page
def quality_page(visit: Visit) -> Any:
    """Return the reports of documents in numbers, newest first."""
    params = visit.read(QualityList)
    return render(
        visit,
        "quality.html",
        word("quality", visit.lang),
        section="quality",
        description=word("quality_note", visit.lang),
        listing=query.over_time(visit.session, params, visit.lang),
        use={
            "as_api": visit.address("/v1/quality", visit.query()),
            "as_feed": visit.address("/feeds/briefings.atom", channel=params.channel),
        },
    )


@router.get("/quality/{briefing_id}")
@page
def report_page(visit: Visit) -> Any:
    """Return the report of a document, with the lines it refers to."""
    visit.read(LangOnly)
    briefing_id = stored_id(visit.session, visit.part("briefing_id"), visit.channel)
    known = briefings.get(visit.session, briefing_id)
    return render(
        visit,
        "report.html",
        f"{word('quality', visit.lang)} · {visit.briefing_name(known)}",
        section="quality",
        briefing=known,
        report=query.one(visit.session, known),
        use={
            "as_api": visit.address(f"/v1/briefings/{known.id}/quality"),
            "as_feed": visit.address("/feeds/briefings.atom", channel=known.channel),
            "as_day_csv": items_of_day(visit, known.channel, known.date),
        },
    )
