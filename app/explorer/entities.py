"""Pages of entities: the list, and one with timeline, neighbours, items, stories and judgements."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from fastapi import APIRouter, Response
from markupsafe import Markup
from pydantic import Field

from app.errors import NotFound
from app.explorer.charts import ChartSeries, Labels, Neighbour, graph, timeline
from app.explorer.cited import cited
from app.explorer.gaps import columns_of, gaps_of
from app.explorer.pages import page, redirect, render
from app.explorer.visit import LangOnly, Visit, read_query
from app.explorer.words import counted, word
from app.query import items
from app.query.curation import judgements
from app.query.entities import lists as entity_lists
from app.query.entities import profiles, references, related
from app.query.filters import families
from app.query.listing.page import Listing
from app.query.request.entity_params import (
    EntityBucketList,
    EntityFilter,
    EntityList,
    HistoryList,
    RelatedQuery,
    TimelineQuery,
    TimelinesQuery,
)
from app.query.request.item_params import ItemFilter, ItemList, ThreadList
from app.query.request.params import Lang, Paging, RolledUp, Text, comma_separated
from app.query.schemas.entities import EntityOut, EntitySummary
from app.query.schemas.items import ItemOut
from app.query.schemas.related import RelatedOut
from app.query.schemas.shared import Interval
from app.query.snapshot import dataset
from app.query.snapshot.refs import entity_refs
from app.query.stories import threads
from app.query.time import timelines
from app.render import linked_data

router = APIRouter(include_in_schema=False)

MAX_COMPARED = 5
MAX_RELATED = 24
MAX_NEIGHBOURS = 12
"""Entities of the graph; the table has more."""
_FILTERS_OF_ITEMS = {
    declared.alias or name for name, declared in ItemFilter.model_fields.items()
} - {"q", "has"}
"""Filters that mean the same for items as for the entities in them."""
FINER: dict[Interval, Interval] = {
    "year": "month",
    "quarter": "month",
    "month": "day",
    "week": "day",
    "day": "day",
}
"""The interval that a bar opens."""


class EntitiesPage(EntityFilter, Paging, Lang):
    """The state of the list of entities."""

    sort: Text | None = Field(None)


class EntityPage(RolledUp, Paging, Lang):
    """The state of an entity's page."""

    from_: Text | None = Field(None, alias="from")
    to: Text | None = Field(None)
    interval: Interval | None = Field(None)
    compare: Text | None = Field(None)


@router.get("/entities")
@page
def entities_page(visit: Visit) -> Any:
    """Return the entities that the items under the filters mention, most mentioned first."""
    query = visit.read(EntitiesPage)
    pairs = visit.query()
    shape = read_query(EntityList, pairs, {"cursor": query.cursor})
    listing = entity_lists.find(visit.session, shape, visit.lang)
    return render(
        visit,
        "entities.html",
        word("entities", visit.lang),
        section="entities",
        query=query,
        listing=listing,
        types=_types(visit),
        canonical=f"{visit.home}/entities",
        use={
            "as_api": visit.address("/v1/entities", pairs),
            "as_feed": visit.address(
                "/feeds/items.atom", [pair for pair in pairs if pair[0] in _FILTERS_OF_ITEMS]
            ),
            "as_csv": visit.address("/v1/exports/entities.csv", visit.query("sort", "limit")),
        },
        cite=visit.address("/v1/entities", pairs),
    )


def _types(visit: Visit) -> dict[str, int]:
    """Return the number of entities by type under the other filters, the most frequent first."""
    pairs = visit.query("entity_type", "sort", "limit")
    fixed = {"group_by": "entity_type", "limit": 100}
    buckets = entity_lists.buckets(
        visit.session, read_query(EntityBucketList, pairs, fixed), visit.lang
    )
    return {bucket.key: bucket.count for bucket in buckets.entries}


@router.get("/cards/{entity_id}")
@page
def card(visit: Visit) -> str:
    """Return the card of a name in a text: type, first day, items and sparkline."""
    visit.read(LangOnly)
    reference = visit.part("entity_id")
    pk = references.of_id(visit.session, reference)
    profile = profiles.profiles(visit.session, [pk], visit.lang, {pk}).get(pk) if pk else None
    if profile is None:
        raise NotFound(f"There is no entity {reference!r}.")
    return render(visit, "card.html", profile.ref.name, profile=profile)


@router.get("/entities/{entity_id:path}")
@page
def entity_page(visit: Visit) -> str | Response:
    """Return an entity; another name of it redirects."""
    session = visit.session
    reference = visit.part("entity_id")
    pk = references.of_id(session, reference)
    if pk is None:
        pk = references.resolve(session, reference)
        return redirect(visit, f"/entities/{references.id_of(session, pk)}", 307)
    query = visit.read(EntityPage)
    entity = entity_lists.one(session, pk, visit.lang)
    period = [("from", query.from_ or ""), ("to", query.to or "")]
    fixed = {"limit": MAX_RELATED, "rollup": query.relation}
    neighbours = related.find(session, pk, read_query(RelatedQuery, period, fixed), visit.lang)
    listing = _items(visit, pk, query, {"limit": 20, "cursor": query.cursor})
    first = _items(visit, pk, EntityPage(rollup=query.relation), {"limit": 1, "sort": "date"})
    makes = families.with_members(session, [pk], "maker") - {pk}
    path = f"/v1/entities/{entity.id}"
    series = _timelines(visit, query, entity)
    return render(
        visit,
        "entity.html",
        entity.name,
        section="entities",
        canonical=f"{visit.home}/entities/{entity.id}",
        description=_sentence(visit, entity),
        thing=Markup(linked_data.script(linked_data.entity(entity, visit.home))),
        entity=entity,
        query=query,
        makes=families.mentioned(session, makes, visit.lang),
        timeline=series,
        neighbours=neighbours.entries,
        neighbours_total=neighbours.rows.total,
        graph=_graph(visit, entity.name, neighbours.entries[:MAX_NEIGHBOURS]),
        listing=listing,
        items=[ItemOut.model_validate_json(entry) for entry in listing.entries],
        first=[ItemOut.model_validate_json(entry) for entry in first.entries],
        stories=threads.find(session, ThreadList(entity=[entity.id], limit=8), visit.lang),
        history=judgements.history(session, pk, HistoryList(limit=20)),
        use={
            "as_api": visit.address(path),
            "as_timeline": series["api"],
            "as_timeline_csv": series["csv"],
            "as_feed": visit.address(f"/feeds/entities/{entity.id}.atom"),
            "as_csv": visit.address("/v1/exports/items.csv", period, entity=entity.id),
        },
        cite=visit.address(path),
        cited=cited(visit, entity, EntitySummary, f"/entities/{entity.id}"),
    )


def _items(visit: Visit, pk: int, query: EntityPage, paging: dict[str, Any]) -> Listing[bytes]:
    """Return a page of the items of the period that name an entity."""
    period = [("from", query.from_ or ""), ("to", query.to or "")]
    shape = read_query(ItemList, period, paging | {"rollup": query.relation})
    return items.find(
        visit.session,
        shape,
        visit.lang,
        entity_pks=families.with_members(visit.session, [pk], query.relation),
        entity=entity_refs(visit.session, [pk], visit.lang)[pk],
    )


def _sentence(visit: Visit, entity: EntityOut) -> str:
    lang = visit.lang
    items = counted("counts_items", lang, entity.counts.items)
    first = f"{word('first_seen', lang)} {entity.first_seen}"
    return f"{entity.name} · {word(entity.type, lang)} · {items} · {first}"


def _default_interval(first: date | None, last: date | None) -> Interval:
    """Return the interval that gives some hundred bars at most."""
    days = (last - first).days if first and last else 0
    if days <= 120:
        return "day"
    return "week" if days <= 900 else "month"


def _timelines(visit: Visit, query: EntityPage, entity: EntityOut) -> dict[str, Any]:
    """Return the timeline of an entity and of those it is compared with: chart and numbers."""
    period = [("from", query.from_ or ""), ("to", query.to or "")]
    others = [name for name in comma_separated(query.compare) if name != entity.id]
    others = list(dict.fromkeys(others))
    warnings = []
    if len(others) >= MAX_COMPARED:
        text = word("compare_many", visit.lang)
        warnings.append(text.format(len(others), MAX_COMPARED - 1))
    names = [entity.id, *others[: MAX_COMPARED - 1]]
    axis_query = read_query(TimelineQuery, period, {"top": 0})
    first, last = dataset.coverage(visit.session)
    interval = query.interval or _default_interval(axis_query.from_ or first, axis_query.to or last)
    fixed: dict[str, Any] = {"interval": interval, "top": 0, "rollup": query.relation}
    if len(names) > 1:
        several = timelines.several(
            visit.session,
            read_query(TimelinesQuery, period, {**fixed, "entities": ",".join(names)}),
            visit.lang,
        )
        axis, rows = several["axis"], several["series"]
        warnings += several["warnings"]
        path = "/v1/timelines"
    else:
        pk = references.of_id(visit.session, entity.id) or 0
        shape = read_query(TimelineQuery, period, fixed)
        single = timelines.one(visit.session, pk, shape, visit.lang)
        axis = single["buckets"]
        rows = [{"entity": single["entity"], "points": axis}]
        warnings += single["warnings"]
        path = f"/v1/entities/{entity.id}/timeline"
    skipped = 0 if query.from_ else _before_the_first(rows)
    axis = axis[skipped:]
    if skipped:
        period[0] = ("from", axis[0]["start"])
    for row in rows:
        row["points"] = row["points"][skipped:]
    options = {"interval": interval, "rollup": query.relation}
    compared = ",".join(names)
    series = [_series(visit, row, axis, interval) for row in rows]
    return {
        "chart": timeline(axis, series, _labels(visit, series)),
        "axis": axis,
        "gaps": {gap.first: gap for gap in gaps_of(axis)},
        "shortened": len(columns_of(axis)) < len(axis),
        "rows": rows,
        "series": series,
        "interval": interval,
        "warnings": warnings,
        "skipped": skipped,
        "coverage": (first, last),
        "api": visit.address(
            path,
            period,
            entities=compared if others else None,
            **options,
        ),
        "csv": visit.address(
            "/v1/exports/timelines.csv",
            period,
            entities=compared,
            **options,
        ),
    }


def _before_the_first(rows: Sequence[dict[str, Any]]) -> int:
    """Return the number of intervals before the first that names an entity."""
    for index, points in enumerate(zip(*(row["points"] for row in rows), strict=True)):
        if any(point["items"] for point in points):
            return index
    return 0


def _labels(visit: Visit, series: Sequence[ChartSeries]) -> Labels:
    title = f"{word('timeline', visit.lang)}: {', '.join(row.name for row in series)}"
    return Labels(
        title,
        word("gap", visit.lang),
        word("maximum", visit.lang),
        lambda days: counted("gap_days", visit.lang, days),
    )


def _series(
    visit: Visit, row: dict[str, Any], axis: Sequence[dict[str, Any]], interval: Interval
) -> ChartSeries:
    entity_id, name = _identity(row["entity"])
    hrefs = []
    searches = []
    for period in axis:
        span = {"from": period["start"], "to": period["end"]}
        searches.append(visit.url("/search", span, entity=entity_id))
        if interval == "day":
            hrefs.append(searches[-1])
        else:
            hrefs.append(visit.here(**span, interval=FINER[interval]))
    values = [point["items"] for point in row["points"]]
    return ChartSeries(name, values, hrefs, searches)


def _identity(entity: Any) -> tuple[str, str]:
    if isinstance(entity, dict):
        return entity["id"], entity["name"]
    return entity.id, entity.name


def _graph(visit: Visit, name: str, neighbours: Sequence[RelatedOut]) -> Markup:
    if not neighbours:
        return Markup("")
    strongest = max(neighbour.g2 for neighbour in neighbours) or 1
    nodes = []
    for neighbour in neighbours:
        href = visit.url(f"/entities/{neighbour.id}")
        strength = max(neighbour.g2, 0) / strongest
        nodes.append(Neighbour(neighbour.name, href, strength, neighbour.count))
    return graph(name, nodes, f"{word('appears_with', visit.lang)}: {name}")
