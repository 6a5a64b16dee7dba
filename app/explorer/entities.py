"""Pages of entities: the list, and one with timeline, neighbours, items, stories and judgements."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from fastapi import APIRouter, Response
from markupsafe import Markup
from pydantic import Field

from app.errors import BadRequest
from app.explorer.charts import ChartSeries, Neighbour, graph, timeline
from app.explorer.pages import page, redirect, render
from app.explorer.visit import Visit, read_query
from app.explorer.words import word
from app.query import items
from app.query.curation import judgements
from app.query.entities import lists as entity_lists
from app.query.entities import related
from app.query.filters import families
from app.query.request.entity_params import (
    EntityFilter,
    EntityList,
    HistoryList,
    RelatedQuery,
    TimelineQuery,
    TimelinesQuery,
)
from app.query.request.item_params import ItemList, ThreadList
from app.query.request.params import Lang, Paging, RolledUp, Text, comma_separated
from app.query.schemas.entities import EntityOut
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
MAX_NEIGHBOURS = 12
"""Entities of the graph; the table has more."""
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
    shape = read_query(EntityList, pairs, {"facets": "entity_type", "cursor": query.cursor})
    listing = entity_lists.find(visit.session, shape, visit.lang)
    return render(
        visit,
        "entities.html",
        word("entities", visit.lang),
        section="entities",
        query=query,
        listing=listing,
        canonical=f"{visit.home}/entities",
        use={
            "as_api": visit.address("/v1/entities", pairs),
            "as_csv": visit.address("/v1/exports/entities.csv", visit.query("sort", "limit")),
        },
        cite=visit.address("/v1/entities", pairs),
    )


@router.get("/entities/{entity_id:path}")
@page
def entity_page(visit: Visit) -> str | Response:
    """Return an entity; another name of it redirects."""
    session = visit.session
    reference = visit.part("entity_id")
    pk = entity_lists.of_id(session, reference)
    if pk is None:
        pk = entity_lists.resolve(session, reference)
        return redirect(visit, f"/entities/{entity_lists.id_of(session, pk)}", 307)
    query = visit.read(EntityPage)
    entity = entity_lists.one(session, pk, visit.lang)
    rollup = query.relation
    neighbours = related.find(session, pk, RelatedQuery(limit=24, rollup=rollup), visit.lang)
    pks = families.with_members(session, [pk], rollup)
    ref = entity_refs(session, [pk], visit.lang)[pk]
    listing = items.find(
        session,
        ItemList(limit=20, cursor=query.cursor, rollup=rollup),
        visit.lang,
        entity_pks=pks,
        entity=ref,
    )
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
        graph=_graph(visit, entity.name, neighbours.entries[:MAX_NEIGHBOURS]),
        listing=listing,
        items=[ItemOut.model_validate_json(entry) for entry in listing.entries],
        stories=threads.find(session, ThreadList(entity=[entity.id], limit=8), visit.lang),
        history=judgements.history(session, pk, HistoryList(limit=20)),
        use={
            "as_api": visit.address(path),
            "as_timeline": series["api"],
            "as_feed": visit.address(f"/feeds/entities/{entity.id}.atom"),
            "as_csv": visit.address("/v1/exports/items.csv", entity=entity.id),
        },
        cite=visit.address(path),
    )


def _sentence(visit: Visit, entity: EntityOut) -> str:
    lang = visit.lang
    items = word("counts_items", lang).format(entity.counts.items)
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
    pairs = [("from", query.from_ or ""), ("to", query.to or "")]
    others = comma_separated(query.compare)
    names = list(dict.fromkeys([entity.id, *others]))
    if len(names) > MAX_COMPARED:
        raise BadRequest(
            f"compare: {len(others)} entities are too many; expected at most {MAX_COMPARED - 1}"
        )
    axis_query = read_query(TimelineQuery, pairs, {"top": 0})
    first, last = dataset.coverage(visit.session)
    interval = query.interval or _default_interval(axis_query.from_ or first, axis_query.to or last)
    fixed: dict[str, Any] = {"interval": interval, "top": 0, "rollup": query.rollup}
    if len(names) > 1:
        several = timelines.several(
            visit.session,
            read_query(TimelinesQuery, pairs, {**fixed, "entities": ",".join(names)}),
            visit.lang,
        )
        axis, rows, warnings = several["axis"], several["series"], several["warnings"]
        api = visit.address(
            "/v1/timelines", pairs, entities=",".join(names), interval=interval, rollup=query.rollup
        )
    else:
        pk = entity_lists.of_id(visit.session, entity.id) or 0
        single = timelines.one(
            visit.session, pk, read_query(TimelineQuery, pairs, fixed), visit.lang
        )
        axis, warnings = single["buckets"], single["warnings"]
        rows = [{"entity": single["entity"], "points": axis, "totals": single["totals"]}]
        api = visit.address(
            f"/v1/entities/{entity.id}/timeline", pairs, interval=interval, rollup=query.rollup
        )
    series = [_series(visit, row, axis, interval) for row in rows]
    title = f"{word('timeline', visit.lang)}: {', '.join(row.name for row in series)}"
    return {
        "chart": timeline(axis, series, title, word("gap", visit.lang)),
        "axis": axis,
        "rows": rows,
        "names": [row.name for row in series],
        "interval": interval,
        "warnings": warnings,
        "api": api,
    }


def _series(
    visit: Visit, row: dict[str, Any], axis: Sequence[dict[str, Any]], interval: Interval
) -> ChartSeries:
    entity_id, name = _identity(row["entity"])
    hrefs = []
    for period in axis:
        span = {"from": period["start"], "to": period["end"]}
        if interval == "day":
            hrefs.append(visit.url("/search", span, entity=entity_id))
        else:
            hrefs.append(visit.here(**span, interval=FINER[interval]))
    return ChartSeries(name, [point["items"] for point in row["points"]], hrefs)


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
