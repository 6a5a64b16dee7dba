"""Tools about time: how often entities are named, each number with an example item."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from app.mcp.arguments import CompareArguments, DayRange, TimelineArguments
from app.mcp.citing import Asked, cites, top_item
from app.mcp.fitting import fitted, walk_of
from app.mcp.lists import one_clause
from app.mcp.shapes import IntervalsAnswer, NamedInterval, Series
from app.query.entities import references
from app.query.request.entity_params import TimelineQuery, TimelinesQuery
from app.query.time import timelines


@dataclass(frozen=True, slots=True)
class _Count:
    """Number of an entity in one interval; `axis` is the interval."""

    entity: str | None
    axis: dict[str, Any]
    point: dict[str, Any]


def _days(arguments: DayRange) -> dict[str, Any]:
    return {
        "from_": arguments.from_,
        "to": arguments.to,
        "channel": one_clause(arguments.channel),
        "top": 1,
    }


def timeline(asked: Asked, arguments: TimelineArguments) -> bytes:
    """Return how often an entity is named in each interval."""
    values = _days(arguments) | {"interval": arguments.interval, "rollup": arguments.rollup}
    query = TimelineQuery.model_validate(values)
    pk = references.resolve(asked.session, arguments.entity)
    result = _plain(
        timelines.one(
            asked.session,
            pk,
            query,
            arguments.lang,
        )
    )
    buckets = result["buckets"]
    counts = [_Count(None, bucket, bucket) for bucket in buckets if bucket["items"]]
    head = _head(result, buckets, counts)
    head["series"] = [Series(**result["entity"], **result["totals"])]
    return _answer(asked, arguments, head, counts)


def compare(asked: Asked, arguments: CompareArguments) -> bytes:
    """Return how often several entities are named in each interval."""
    values = _days(arguments) | {"interval": arguments.interval, "rollup": arguments.rollup}
    names = ",".join(_escaped(name) for name in arguments.entities)
    query = TimelinesQuery.model_validate(values | {"entities": names})
    result = _plain(timelines.several(asked.session, query, arguments.lang))
    counts = []
    for index, interval in enumerate(result["axis"]):
        for series in result["series"]:
            point = series["points"][index]
            if point["items"]:
                counts.append(_Count(series["entity"]["id"], interval, point))
    head = _head(result, result["axis"], counts)
    sums = [Series(**series["entity"], **series["totals"]) for series in result["series"]]
    head["series"] = sums
    return _answer(asked, arguments, head, counts)


def _escaped(name: str) -> str:
    """Return a name for a list with commas between names."""
    return name.replace("\\", "\\\\").replace(",", "\\,")


def _plain(timeline: dict[str, Any]) -> dict[str, Any]:
    """Return a timeline with its fragments of JSON read."""
    # A dictionary of JSON.
    return orjson.loads(orjson.dumps(timeline, default=dict))  # type: ignore[no-any-return]


def _head(
    result: dict[str, Any], axis: Sequence[dict[str, Any]], counts: Sequence[_Count]
) -> dict[str, Any]:
    named = {count.axis["start"] for count in counts}
    published = {interval["start"] for interval in axis if interval["briefings"]}
    return {
        "dataset_version": result["dataset_version"],
        "warnings": result["warnings"],
        "interval": result["interval"],
        "from_": result["from"],
        "to": result["to"],
        "silent": len(published - named),
        "gaps": len(axis) - len(published),
    }


def _answer(
    asked: Asked, arguments: DayRange, head: dict[str, Any], counts: Sequence[_Count]
) -> bytes:
    def entries(start: int, end: int) -> list[NamedInterval]:
        return _intervals(asked, counts[start:end])

    walk = walk_of(head["dataset_version"], arguments, len(counts), entries)
    return fitted(IntervalsAnswer, head, walk, arguments)


def _intervals(asked: Asked, counts: Sequence[_Count]) -> list[NamedInterval]:
    ids = []
    for count in counts:
        ids += [item["id"] for item in count.point["top_items"]]
    cited = cites(asked, ids)
    intervals = []
    for count in counts:
        tops = count.point["top_items"]
        intervals.append(
            NamedInterval(
                entity=count.entity,
                start=count.axis["start"],
                end=count.axis["end"],
                items=count.point["items"],
                mentions=count.point["mentions"],
                share=count.point["share"],
                salience=count.point["salience"],
                top=top_item(tops[0], cited) if tops else None,
            )
        )
    return intervals
