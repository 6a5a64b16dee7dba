"""Pages of stories: what rises and fades, one story across days, and the watch list."""

from typing import Any

from fastapi import APIRouter

from app.explorer.pages import page, render
from app.explorer.visit import LangOnly, Visit
from app.explorer.words import word
from app.query.request.briefing_params import WatchlistQuery
from app.query.request.entity_params import TrendsQuery
from app.query.request.item_params import ThreadList
from app.query.stories import threads, watchlist
from app.query.time import trends

router = APIRouter(include_in_schema=False)


@router.get("/trends")
@page
def trends_page(visit: Visit) -> Any:
    """Return the entities that rise and those that fade, with the statistic."""
    query = visit.read(TrendsQuery)
    pairs = visit.query()
    listings = {}
    for direction in ("rising", "fading"):
        directed = query.model_copy(update={"direction": direction, "cursor": None})
        if query.direction in (None, direction):
            listings[direction] = trends.find(visit.session, directed, visit.lang)
    return render(
        visit,
        "trends.html",
        word("trends", visit.lang),
        section="trends",
        query=query,
        listings=listings,
        extra=next(iter(listings.values())).extra,
        use={
            "as_api": visit.address("/v1/trends", pairs),
            "as_csv": visit.address("/v1/exports/timelines.csv"),
        },
    )


@router.get("/threads")
@page
def threads_page(visit: Visit) -> Any:
    """Return the stories of several items, newest first."""
    query = visit.read(ThreadList)
    listing = threads.find(visit.session, query, visit.lang)
    pairs = visit.query()
    return render(
        visit,
        "threads.html",
        word("threads", visit.lang),
        section="threads",
        listing=listing,
        use={
            "as_api": visit.address("/v1/threads", pairs),
            "as_csv": visit.address("/v1/exports/threads.csv", visit.query("sort", "limit")),
        },
    )


@router.get("/threads/{thread_id}")
@page
def thread_page(visit: Visit) -> Any:
    """Return a story across days, with the evidence of each link."""
    visit.read(LangOnly)
    thread = threads.one(visit.session, visit.part("thread_id"), visit.lang)
    path = f"/v1/threads/{thread.id}"
    items = {"thread": thread.id}
    return render(
        visit,
        "thread.html",
        thread.title,
        section="threads",
        thread=thread,
        titles={member.item.id: member.item for member in thread.members},
        use={
            "as_api": visit.address(path),
            "as_feed": visit.address(f"/feeds/threads/{thread.id}.atom"),
            "as_csv": visit.address("/v1/exports/items.csv", items),
        },
        cite=visit.address("/v1/items", items),
    )


@router.get("/watchlist")
@page
def watchlist_page(visit: Visit) -> Any:
    """Return what editors said to watch, and what came of it."""
    query = visit.read(WatchlistQuery)
    pairs = visit.query()
    return render(
        visit,
        "watchlist.html",
        word("watchlist", visit.lang),
        section="watchlist",
        query=query,
        listing=watchlist.find(visit.session, query, visit.lang),
        use={
            "as_api": visit.address("/v1/watchlist", pairs),
            "as_feed": visit.address("/feeds/watchlist.atom", visit.query("limit", "top")),
        },
    )
