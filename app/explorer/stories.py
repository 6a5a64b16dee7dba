"""Pages of stories: what rises and fades, one story across days, and the watch list."""

from typing import Any

from fastapi import APIRouter

from app.explorer.pages import page, render
from app.explorer.reader import LangOnly, Reader
from app.explorer.words import word
from app.query import threads, trends, watchlist
from app.query.request.briefing_params import WatchlistQuery
from app.query.request.entity_params import TrendsQuery
from app.query.request.item_params import ThreadList

router = APIRouter(include_in_schema=False)


@router.get("/trends")
@page
def trends_page(reader: Reader) -> Any:
    """Return the entities that rise and those that fade, with the statistic."""
    query = reader.read(TrendsQuery)
    pairs = reader.query()
    listings = {}
    for direction in ("rising", "fading"):
        directed = query.model_copy(update={"direction": direction, "cursor": None})
        if query.direction in (None, direction):
            listings[direction] = trends.find(reader.session, directed, reader.lang)
    return render(
        reader,
        "trends.html",
        word("trends", reader.lang),
        section="trends",
        query=query,
        listings=listings,
        extra=next(iter(listings.values())).extra,
        use={
            "as_api": reader.address("/v1/trends", pairs),
            "as_csv": reader.address("/v1/exports/timelines.csv"),
        },
    )


@router.get("/threads")
@page
def threads_page(reader: Reader) -> Any:
    """Return the stories of several items, newest first."""
    query = reader.read(ThreadList)
    listing = threads.find(reader.session, query, reader.lang)
    pairs = reader.query()
    return render(
        reader,
        "threads.html",
        word("threads", reader.lang),
        section="threads",
        listing=listing,
        use={
            "as_api": reader.address("/v1/threads", pairs),
            "as_csv": reader.address("/v1/exports/threads.csv", reader.query("sort", "limit")),
        },
    )


@router.get("/threads/{thread_id}")
@page
def thread_page(reader: Reader) -> Any:
    """Return a story across days, with the evidence of each link."""
    reader.read(LangOnly)
    thread = threads.one(reader.session, reader.part("thread_id"), reader.lang)
    path = f"/v1/threads/{thread.id}"
    items = {"thread": thread.id}
    return render(
        reader,
        "thread.html",
        thread.title,
        section="threads",
        thread=thread,
        titles={member.item.id: member.item for member in thread.members},
        use={
            "as_api": reader.address(path),
            "as_feed": reader.address(f"/feeds/threads/{thread.id}.atom"),
            "as_csv": reader.address("/v1/exports/items.csv", items),
        },
        cite=reader.address("/v1/items", items),
    )


@router.get("/watchlist")
@page
def watchlist_page(reader: Reader) -> Any:
    """Return what editors said to watch, and what came of it."""
    query = reader.read(WatchlistQuery)
    pairs = reader.query()
    return render(
        reader,
        "watchlist.html",
        word("watchlist", reader.lang),
        section="watchlist",
        query=query,
        listing=watchlist.find(reader.session, query, reader.lang),
        use={
            "as_api": reader.address("/v1/watchlist", pairs),
            "as_feed": reader.address("/feeds/watchlist.atom", reader.query("limit", "top")),
        },
    )
