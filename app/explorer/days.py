"""Pages of days and items: a briefing as its editor ordered it, the calendar, the lines."""

import calendar as calendars
from collections.abc import Iterator
from datetime import date
from typing import Any

from fastapi import APIRouter
from markupsafe import Markup
from pydantic import Field

from app import __version__
from app.errors import AppError, NotFound
from app.explorer.cited import cited
from app.explorer.items import names_in, source_link, text_of
from app.explorer.pages import page, redirect, render
from app.explorer.visit import LangOnly, Visit
from app.explorer.words import word
from app.parse.briefing import decode
from app.parse.language import find_language
from app.query import items as item_query
from app.query.documents import briefings, quality
from app.query.documents.briefings import Known
from app.query.documents.ids import stored_id
from app.query.request.item_params import RelatedItemsQuery
from app.query.request.params import Lang, Text, Whole
from app.query.schemas.briefings import BriefingOut, BriefingSummary
from app.query.schemas.items import ItemOut
from app.query.schemas.threads import RelatedItemOut
from app.query.snapshot import dataset
from app.query.stories import related_items, threads
from app.render import linked_data, markup

router = APIRouter(include_in_schema=False)

MAX_RELATED = 6
"""Related items on the page of an item."""
MAX_REASON_NAMES = 4
"""Names that a reason lists."""


class DaysQuery(Lang):
    """The calendar of a channel."""

    channel: Text | None = Field(None)
    year: Whole | None = Field(None, ge=1, le=9999)


class LinesQuery(Lang):
    """Lines of a document; `first` to `last` are marked, those of `item` for instance."""

    first: Whole = Field(1, ge=1)
    last: Whole | None = Field(None, ge=1)
    item: Text | None = Field(None)


@router.get("/")
@page
def latest_day(visit: Visit) -> Any:
    """Return the newest day of the default channel, or else of the channel with the newest."""
    visit.read(LangOnly)
    channels = dataset.channels(visit.session)
    if not channels:
        return render(visit, "empty.html", "Briefbase", section="day")
    channel = visit.channel if visit.channel in channels else channels[0]
    return _day_page(visit, briefings.latest(visit.session, channel), "day")


@router.get("/days/{briefing_id}")
@page
def day(visit: Visit) -> Any:
    """Return a day."""
    visit.read(LangOnly)
    briefing_id = visit.part("briefing_id")
    canonical = stored_id(visit.session, briefing_id, visit.channel)
    if canonical != briefing_id:
        return redirect(visit, f"/days/{canonical}")
    return _day_page(visit, briefings.get(visit.session, briefing_id), "calendar")


def _day_page(visit: Visit, known: Known, section: str) -> str:
    session = visit.session
    whole = BriefingOut.model_validate_json(briefings.whole(session, known, visit.lang))
    ids = [entry.id for part in whole.sections for entry in part.items]
    names = names_in(visit, ids)
    text_language = find_language(whole.title + (whole.summary or ""))
    assets_url = visit.request.app.state.settings.assets_url
    path = f"/v1/briefings/{whole.id}"
    place = markup.Place(visit.url(f"/days/{whole.id}"), assets_url)
    return render(
        visit,
        "day.html",
        whole.title,
        section=section,
        canonical=f"{visit.home}/days/{whole.id}",
        description=whole.description or whole.summary,
        kind="article",
        thing=Markup(linked_data.script(linked_data.briefing(whole, None, visit.home))),
        briefing=whole,
        text_lang=whole.language or text_language,
        names=names,
        text_of=text_of(names, assets_url),
        source_link=source_link,
        inline=lambda text: Markup(markup.inline_html(text, place)),
        block=lambda text: Markup(markup.block_html(text, place)),
        neighbours=briefings.neighbours(session, known),
        editions=briefings.other_editions(session, known),
        channel=visit.channel_titles([whole.channel])[whole.channel],
        channels=_latest_days(visit),
        report=quality.one(session, known),
        use={
            "as_api": visit.address(path),
            "as_feed": visit.address("/feeds/briefings.atom"),
            "as_csv": items_of_day(visit, whole.channel, whole.date),
            "as_text": visit.address(f"{path}/source"),
        },
        cite=visit.address(path),
        cited=cited(visit, whole, BriefingSummary, f"/days/{whole.id}"),
    )


def items_of_day(visit: Visit, channel: str, day: date) -> str:
    """Return the address of the items of a day as CSV."""
    days = {"from": day.isoformat(), "to": day.isoformat(), "channel": channel}
    return visit.address("/v1/exports/items.csv", days)


def _latest_days(visit: Visit) -> list[tuple[str, str, Known]]:
    """Return the id, the title and the newest day of each channel, the default channel first.

    A single channel is no choice: the list is empty.
    """
    channels = dataset.channels(visit.session)
    if len(channels) < 2:
        return []
    channels.sort(key=lambda channel: channel != visit.channel)
    titles = visit.channel_titles(channels)
    days = []
    for channel in channels:
        days.append((channel, titles[channel], briefings.latest(visit.session, channel)))
    return days


@router.get("/days/{briefing_id}/lines")
@page
def lines(visit: Visit) -> Any:
    """Return the lines of a document, numbered, with an address each."""
    query = visit.read(LinesQuery)
    briefing_id = stored_id(visit.session, visit.part("briefing_id"), visit.channel)
    known = briefings.get(visit.session, briefing_id)
    document = briefings.source(visit.session, known)
    rows = decode(document.body).splitlines()
    return render(
        visit,
        "lines.html",
        known.title,
        section="calendar",
        briefing=known,
        rows=rows,
        first=query.first,
        last=query.last or query.first,
        sha256=document.sha256,
        item=_item_with_id(visit, query.item),
        use={
            "as_api": visit.address(f"/v1/documents/{document.sha256}"),
            "as_feed": visit.address("/feeds/briefings.atom", channel=known.channel),
            "as_day_csv": items_of_day(visit, known.channel, known.date),
            "as_text": visit.address(f"/v1/briefings/{known.id}/source"),
        },
    )


def _item_with_id(visit: Visit, item_id: str | None) -> ItemOut | None:
    """Return the item that a reader comes from, None without one."""
    if item_id is None:
        return None
    try:
        return ItemOut.model_validate_json(item_query.one(visit.session, item_id, visit.lang))
    except AppError:
        return None


@router.get("/days")
@page
def days(visit: Visit) -> Any:
    """Return the calendar: months with their days, days without a briefing as gaps."""
    query = visit.read(DaysQuery)
    info = dataset.info(visit.session, "Briefbase", __version__, None)
    if not info.channels:
        return render(visit, "empty.html", "Briefbase", section="calendar")
    channels = {channel.id: channel for channel in info.channels}
    default = visit.channel if visit.channel in channels else info.channels[0].id
    name = query.channel or default
    if name not in channels:
        raise NotFound(f"There is no channel {name!r}; expected one of: {', '.join(channels)}.")
    channel = channels[name]
    year = query.year or channel.last.year
    first, last = date(year, 1, 1), date(year, 12, 31)
    known = briefings.of_days(visit.session, name, first, last)
    return render(
        visit,
        "days.html",
        f"{year}",
        section="calendar",
        channels=info.channels,
        channel=channel,
        titles=visit.channel_titles(channels),
        year=year,
        years=range(channel.first.year, channel.last.year + 1),
        months=list(_months(channel.first, channel.last, year)),
        by_day={briefing.date: briefing for briefing in known},
        use={
            "as_api": visit.address(
                "/v1/briefings", channel=name, from_=first.isoformat(), to=last.isoformat()
            ),
            "as_feed": visit.address("/feeds/briefings.atom", channel=name),
            "as_csv": visit.address(
                "/v1/exports/items.csv", channel=name, from_=first.isoformat(), to=last.isoformat()
            ),
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
def item(visit: Visit) -> Any:
    """Return an item with its story, related items and exact lines."""
    visit.read(LangOnly)
    session = visit.session
    item_id = visit.part("item_id")
    whole = ItemOut.model_validate_json(item_query.one(session, item_id, visit.lang))
    names = names_in(visit, [whole.id])
    story = threads.one(session, whole.thread.id, visit.lang) if whole.thread else None
    story_ids = {member.item.id for member in story.members} if story else set()
    related = related_items.find(session, item_id, RelatedItemsQuery(limit=12), visit.lang)
    others = [entry for entry in related.entries if entry.id not in story_ids]
    path = f"/v1/items/{whole.id}"
    assets_url = visit.request.app.state.settings.assets_url
    use = {"as_api": visit.address(path)}
    if whole.thread:
        use["as_feed"] = visit.address(f"/feeds/threads/{whole.thread.id}.atom")
    use["as_day_csv"] = items_of_day(visit, whole.briefing.channel, whole.date)
    use["as_text"] = visit.address(f"{path}/source")
    return render(
        visit,
        "item.html",
        whole.title,
        section="calendar",
        description=whole.summary,
        kind="article",
        thing=Markup(linked_data.script(linked_data.item(whole, None, visit.home))),
        item=whole,
        text_lang=find_language(whole.title + (whole.summary or "")),
        names=names,
        text_of=text_of(names, assets_url),
        source_link=source_link,
        related=others[:MAX_RELATED],
        reason_of=lambda entry: _reason(visit, entry),
        story=story,
        use=use,
        cite=visit.address(path),
        cited=cited(visit, whole, ItemOut, f"/items/{whole.id}"),
    )


def _reason(visit: Visit, entry: RelatedItemOut) -> str:
    """Return the strongest reason of a related item in the language of the reader."""
    reason = entry.reasons[0]
    separator = ", " if visit.lang == "en" else "、"
    names = separator.join(each.entity.name for each in reason.entities[:MAX_REASON_NAMES])
    return word(f"reason_{reason.kind}", visit.lang).format(names)
