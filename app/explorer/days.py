"""Pages of days and items: a briefing as its editor ordered it, the calendar, lines of documents."""

import calendar as calendars
from collections.abc import Iterator
from datetime import date
from typing import Any

from fastapi import APIRouter
from markupsafe import Markup
from pydantic import Field

from app.errors import NotFound
from app.explorer.items import names_in, source_link, text_of
from app.explorer.pages import page, redirect, render
from app.explorer.reader import LangOnly, Reader
from app.parse.briefing import decode
from app.parse.language import find_language
from app.query import briefings, quality, related_items, threads
from app.query import items as item_query
from app.query.briefings import Known
from app.query.request.item_params import RelatedItemsQuery
from app.query.request.params import Lang, Text, Whole
from app.query.schemas.briefings import BriefingOut
from app.query.schemas.items import ItemOut
from app.query.snapshot import dataset
from app.render import linked_data, markup
from app.settings import VERSION

router = APIRouter(include_in_schema=False)


class DaysQuery(Lang):
    """The calendar of a channel."""

    channel: Text | None = Field(None)
    year: Whole | None = Field(None, ge=1, le=9999)


class LinesQuery(Lang):
    """Lines of a document; `first` to `last` are marked."""

    first: Whole = Field(1, ge=1)
    last: Whole | None = Field(None, ge=1)


@router.get("/")
@page
def latest_day(reader: Reader) -> Any:
    """Return the newest day."""
    reader.read(LangOnly)
    try:
        briefing = briefings.latest(reader.session, reader.channel)
    except NotFound:
        if dataset.coverage(reader.session) == (None, None):
            return render(reader, "empty.html", "Briefbase", section="day")
        raise
    return _day_page(reader, briefing, "day")


@router.get("/days/{briefing_id}")
@page
def day(reader: Reader) -> Any:
    """Return a day."""
    reader.read(LangOnly)
    briefing_id = reader.part("briefing_id")
    canonical = briefing_id.removeprefix(f"{reader.channel}:")
    if canonical != briefing_id:
        return redirect(reader, f"/days/{canonical}")
    return _day_page(reader, briefings.get(reader.session, briefing_id), "calendar")


def _day_page(reader: Reader, known: Known, section: str) -> str:
    session = reader.session
    whole = BriefingOut.model_validate_json(briefings.whole(session, known, reader.lang))
    ids = [entry.id for part in whole.sections for entry in part.items]
    names = names_in(reader, ids)
    text_language = find_language(whole.title + (whole.summary or ""))
    assets_url = reader.request.app.state.settings.assets_url
    path = f"/v1/briefings/{whole.id}"
    days = {"from": whole.date.isoformat(), "to": whole.date.isoformat(), "channel": whole.channel}
    place = markup.Place(reader.url(f"/days/{whole.id}"), assets_url)
    return render(
        reader,
        "day.html",
        whole.title,
        section=section,
        canonical=f"{reader.home}/days/{whole.id}",
        description=whole.description or whole.summary,
        kind="article",
        thing=Markup(linked_data.script(linked_data.briefing(whole, None, reader.home))),
        briefing=whole,
        text_lang=whole.language or text_language,
        names=names,
        text_of=text_of(names, assets_url),
        source_link=source_link,
        inline=lambda text: Markup(markup.inline_html(text, place)),
        block=lambda text: Markup(markup.block_html(text, place)),
        neighbours=briefings.neighbours(session, known),
        editions=briefings.other_editions(session, known),
        report=quality.one(session, known),
        use={
            "as_api": reader.address(path),
            "as_feed": reader.address("/feeds/briefings.atom"),
            "as_csv": reader.address("/v1/exports/items.csv", days),
            "as_text": reader.address(f"{path}/source"),
        },
        cite=reader.address(path),
    )


@router.get("/days/{briefing_id}/lines")
@page
def lines(reader: Reader) -> Any:
    """Return the lines of a document, numbered, with an address each."""
    query = reader.read(LinesQuery)
    known = briefings.get(reader.session, reader.part("briefing_id"))
    document = briefings.source(reader.session, known)
    rows = decode(document.body).splitlines()
    return render(
        reader,
        "lines.html",
        known.title,
        section="calendar",
        briefing=known,
        rows=rows,
        first=query.first,
        last=query.last or query.first,
        sha256=document.sha256,
        use={
            "as_api": reader.address(f"/v1/documents/{document.sha256}"),
            "as_text": reader.address(f"/v1/briefings/{known.id}/source"),
        },
    )


@router.get("/days")
@page
def days(reader: Reader) -> Any:
    """Return the calendar: months with their days, days without a briefing as gaps."""
    query = reader.read(DaysQuery)
    info = dataset.info(reader.session, "Briefbase", VERSION, None)
    if not info.channels:
        return render(reader, "empty.html", "Briefbase", section="calendar")
    channels = {channel.id: channel for channel in info.channels}
    default = reader.channel if reader.channel in channels else info.channels[0].id
    name = query.channel or default
    if name not in channels:
        raise NotFound(f"There is no channel {name!r}; expected one of: {', '.join(channels)}.")
    channel = channels[name]
    year = query.year or channel.last.year
    first, last = date(year, 1, 1), date(year, 12, 31)
    known = briefings.of_days(reader.session, name, first, last)
    return render(
        reader,
        "days.html",
        f"{year}",
        section="calendar",
        channels=info.channels,
        channel=channel,
        year=year,
        years=range(channel.first.year, channel.last.year + 1),
        months=list(_months(channel.first, channel.last, year)),
        by_day={briefing.date: briefing for briefing in known},
        use={
            "as_api": reader.address(
                "/v1/briefings", channel=name, from_=first.isoformat(), to=last.isoformat()
            ),
            "as_feed": reader.address("/feeds/briefings.atom", channel=name),
        },
    )


def _months(first: date, last: date, year: int) -> Iterator[tuple[int, list[list[date]]]]:
    """Yield the months of a year between two days, newest first, each as weeks of seven days."""
    weeks = calendars.Calendar()
    for month in range(12, 0, -1):
        begins = date(year, month, 1)
        if begins > last or (year, month) < (first.year, first.month):
            continue
        yield month, weeks.monthdatescalendar(year, month)


@router.get("/items/{item_id}")
@page
def item(reader: Reader) -> Any:
    """Return an item with its story, related items and exact lines."""
    reader.read(LangOnly)
    session = reader.session
    item_id = reader.part("item_id")
    whole = ItemOut.model_validate_json(item_query.one(session, item_id, reader.lang))
    names = names_in(reader, [whole.id])
    related = related_items.find(session, item_id, RelatedItemsQuery(limit=6), reader.lang)
    story = threads.one(session, whole.thread.id, reader.lang) if whole.thread else None
    path = f"/v1/items/{whole.id}"
    assets_url = reader.request.app.state.settings.assets_url
    return render(
        reader,
        "item.html",
        whole.title,
        section="calendar",
        description=whole.summary,
        kind="article",
        thing=Markup(linked_data.script(linked_data.item(whole, None, reader.home))),
        item=whole,
        text_lang=find_language(whole.title + (whole.summary or "")),
        names=names,
        text_of=text_of(names, assets_url),
        source_link=source_link,
        related=related.entries,
        story=story,
        use={
            "as_api": reader.address(path),
            "as_feed": reader.address(f"/feeds/threads/{whole.thread.id}.atom")
            if whole.thread
            else reader.address("/feeds/items.atom"),
            "as_text": reader.address(f"{path}/source"),
        },
        cite=reader.address(path),
    )
