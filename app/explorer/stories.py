"""Pages of stories: what rises and fades, one story across days, and the watch list."""

from collections.abc import Mapping
from typing import Any, Literal

import orjson
from fastapi import APIRouter
from markupsafe import Markup

from app.explorer.pages import page, render
from app.explorer.visit import LangOnly, Visit
from app.explorer.words import counted, word
from app.query.entities import references
from app.query.listing.page import Listing
from app.query.request.briefing_params import WatchlistQuery
from app.query.request.entity_params import TimelineQuery, TrendsQuery
from app.query.request.item_params import ThreadList
from app.query.schemas.threads import ThreadOut
from app.query.schemas.trends import TrendOut
from app.query.stories import threads, watchlist
from app.query.time import timelines, trends
from app.query.time.timelines import MAX_ENTITIES
from app.render import linked_data

router = APIRouter(include_in_schema=False)

MAX_DESCRIBED = 4
"""Names in the description of a story."""
DIRECTIONS: tuple[Literal["rising", "fading"], ...] = ("rising", "fading")


@router.get("/trends")
@page
def trends_page(visit: Visit) -> Any:
    """Return the entities that rise and those that fade, with the statistic."""
    query = visit.read(TrendsQuery)
    pairs = visit.query()
    listings = {}
    for direction in DIRECTIONS:
        cursor = query.cursor if query.direction == direction else None
        directed = query.model_copy(update={"direction": direction, "cursor": cursor})
        if query.direction in (None, direction):
            listings[direction] = trends.find(visit.session, directed, visit.lang)
    extra = next(iter(listings.values())).extra
    entries = [entry for listing in listings.values() for entry in listing.entries]
    days = [("from", extra["baseline"]["from"]), ("to", extra["window"]["to"])]
    names = ",".join(entry.id for entry in entries[:MAX_ENTITIES])
    return render(
        visit,
        "trends.html",
        word("trends", visit.lang),
        section="trends",
        description=word("trends_note", visit.lang).format(**extra["window"]),
        query=query,
        listings=listings,
        extra=extra,
        example=_example(entries[0], extra) if entries else "",
        why={entry.id: _top_item(visit, query, entry, extra["window"]) for entry in entries},
        use={
            "as_api": visit.address("/v1/trends", pairs),
            **_feed_of_rising(visit, query, listings.get("rising")),
            "as_timeline_csv": visit.address(
                "/v1/exports/timelines.csv", days, entities=names, rollup=query.relation
            ),
        },
    )


def _feed_of_rising(
    visit: Visit, query: TrendsQuery, rising: Listing[TrendOut] | None
) -> dict[str, str]:
    """Return the address of the feed of the items that name what rises; none without any."""
    if not (rising and rising.entries):
        return {}
    names = "|".join(entry.id for entry in rising.entries[:MAX_ENTITIES])
    address = visit.address(
        "/feeds/items.atom",
        entity=names,
        channel=query.channel,
        rollup=query.relation,
    )
    return {"as_rising_feed": address}


def _example(entry: TrendOut, extra: Mapping[str, Any]) -> str:
    """Return the expected number of an entry as the calculation that leads to it."""
    window, baseline = extra["window"]["items"], extra["baseline"]["items"]
    both = f"({entry.items} + {entry.baseline})"
    return f"{entry.name}: {both} × {window} ÷ {window + baseline} = {entry.expected}"


def _top_item(
    visit: Visit, query: TrendsQuery, entry: TrendOut, window: Mapping[str, Any]
) -> dict[str, str] | None:
    """Return the most important item of the window that names an entity; None without one."""
    pk = references.of_id(visit.session, entry.id)
    if not (entry.items and pk):
        return None
    axis = {"from": window["from"], "to": window["to"], "channel": query.channel}
    shape = TimelineQuery(
        **axis,
        rollup=query.relation,
        interval="year",
        top=1,
    )
    for bucket in timelines.one(
        visit.session,
        pk,
        shape,
        visit.lang,
    )["buckets"]:
        for item in bucket["top_items"]:
            known: dict[str, str] = orjson.loads(orjson.dumps(item))
            return known
    return None


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
        description=word("stories_note", visit.lang),
        listing=listing,
        titles=visit.channel_titles({name for entry in listing.entries for name in entry.channels}),
        use={
            "as_api": visit.address("/v1/threads", pairs),
            "as_feed": visit.address("/feeds/items.atom", has="thread"),
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
        thing=Markup(linked_data.script(linked_data.story(thread, visit.home))),
        description=_description(visit, thread),
        titles={member.item.id: member.item for member in thread.members},
        channels=visit.channel_titles({member.channel for member in thread.members}),
        use={
            "as_api": visit.address(path),
            "as_feed": visit.address(f"/feeds/threads/{thread.id}.atom"),
            "as_csv": visit.address("/v1/exports/items.csv", items),
        },
        cite=visit.address("/v1/items", items),
    )


def _description(visit: Visit, thread: ThreadOut) -> str:
    """Return a story in a line: how many items from when to when, and its names."""
    days = word("story_days", visit.lang).format(thread.first_date, thread.last_date)
    names = [each.entity.name for each in thread.entities[:MAX_DESCRIBED]]
    items = counted("counts_items", visit.lang, len(thread.members))
    return " · ".join([word("threads", visit.lang), items, days, *names])


@router.get("/watchlist")
@page
def watchlist_page(visit: Visit) -> Any:
    """Return the entries of watch lists with the items that answer them."""
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
