"""Charts as SVG without script and without styles of its own: sparklines, timelines, graphs. Pure.

A chart is drawn in user units that CSS scales; its numbers stand in a table beside it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from markupsafe import Markup

WIDTH = 960
"""User units of a timeline."""
ROW_HEIGHT = 72
MAX_VALUES = 31
"""Bars with their numbers below them, at most: those of a month."""
MAX_NARROW_VALUES = 14
"""Bars with their numbers below them on a phone."""


def spark(values: Sequence[int]) -> Markup:
    """Return a sparkline: a bar for each value, a base line where there is none."""
    if not values:
        return Markup("")
    highest = max(*values, 1)
    path = ""
    for index, value in enumerate(values):
        height = round(14 * value / highest, 1) if value else 0
        if height:
            path += f"M{index * 3 + 1} 16v-{max(height, 2)}"
    width = len(values) * 3
    return Markup(
        f'<svg class="spark" viewBox="0 0 {width} 16" width="{width}" height="16" '
        f'aria-hidden="true" focusable="false"><path class="rule" d="M0 15.5h{width}"/>'
        f'<path d="{path}"/></svg>'
    )


@dataclass(frozen=True, slots=True)
class ChartSeries:
    """The bars of one entity: values and links, one for each interval.

    `hrefs` zoom into an interval, `searches` list its items.
    """

    name: str
    values: Sequence[int]
    hrefs: Sequence[str]
    searches: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Labels:
    """Words of a timeline; `maximum` takes a number and a day."""

    title: str
    gap: str
    maximum: str


def timeline(
    axis: Sequence[dict[str, Any]], series: Sequence[ChartSeries], labels: Labels
) -> Markup:
    """Return bars over time, a row for each entity on one scale; intervals without briefings are
    shaded.

    `axis` has `start`, `end` and `briefings` of each interval. Bars stretch with the page, and all
    text is HTML, so that its size stays. The days stand on the chart as data, so that a script can
    zoom to those under the pointer.
    """
    step = WIDTH / max(len(axis), 1)
    highest = 1
    for row in series:
        highest = max(highest, *row.values, 1)
    shades = _gaps(axis, step, labels.gap)
    parts = [
        f'<div class="timeline" role="group" aria-label="{escape(labels.title)}" {_days(axis)}>'
    ]
    for number, row in enumerate(series):
        parts.append(_row_head(axis, row, highest, labels))
        parts.append(
            f'<svg class="bars" viewBox="0 0 {WIDTH} {ROW_HEIGHT}" preserveAspectRatio="none">'
            f"{shades}{_bars(axis, row, number, step, highest)}</svg>"
        )
        parts.append(_values(row))
    parts.append(_dates(axis))
    parts.append("</div>")
    return Markup("".join(parts))


def _days(axis: Sequence[dict[str, Any]]) -> str:
    """Return the first days of the intervals and the last day of all, as data of the chart."""
    starts = " ".join(str(interval["start"]) for interval in axis)
    last = str(axis[-1]["end"]) if axis else ""
    return f'data-starts="{starts}" data-last="{last}"'


def _gaps(axis: Sequence[dict[str, Any]], step: float, word: str) -> str:
    """Return a shade for each run of intervals without briefings."""
    shades = ""
    start = None
    for index, interval in enumerate([*axis, {"briefings": 1}]):
        if not interval["briefings"]:
            start = index if start is None else start
        elif start is not None:
            first, last = axis[start]["start"], axis[index - 1]["end"]
            shades += (
                f'<rect class="gap" x="{start * step:.1f}" y="0" '
                f'width="{(index - start) * step:.1f}" height="{ROW_HEIGHT}">'
                f"<title>{escape(word)} {first} – {last}</title></rect>"
            )
            start = None
    return shades


def _row_head(
    axis: Sequence[dict[str, Any]], row: ChartSeries, highest: int, labels: Labels
) -> str:
    """Return the name of a row, its maximum, and the number that its height represents."""
    maximum = ""
    if any(row.values):
        largest = max(row.values)
        day = axis[list(row.values).index(largest)]["start"]
        maximum = escape(labels.maximum.format(largest, day))
    return (
        f'<p class="row"><b>{escape(row.name)}</b> <span>{maximum}</span> '
        f'<span class="scale">{highest}</span></p>'
    )


def _bars(
    axis: Sequence[dict[str, Any]], row: ChartSeries, number: int, step: float, highest: int
) -> str:
    bars = ""
    for index, value in enumerate(row.values):
        if not value:
            continue
        height = max(ROW_HEIGHT * value / highest, 2)
        width = max(step - 1, step * 0.8)
        bars += (
            f'<a href="{escape(row.hrefs[index])}" tabindex="-1">'
            f'<rect x="{index * step:.1f}" y="{ROW_HEIGHT - height:.1f}" width="{width:.1f}" '
            f'height="{height:.1f}"><title>{axis[index]["start"]}: {value}</title></rect></a>'
        )
    return f'<g class="series s{number}">{bars}</g>'


def _values(row: ChartSeries) -> str:
    """Return the numbers below the bars, if there is room for them; a table has all."""
    if len(row.values) > MAX_VALUES:
        return ""
    kind = "values" if len(row.values) <= MAX_NARROW_VALUES else "values wide"
    cells = "".join(f"<span>{value or ''}</span>" for value in row.values)
    return f'<p class="{kind}" aria-hidden="true">{cells}</p>'


def _dates(axis: Sequence[dict[str, Any]]) -> str:
    """Return the first, middle and last day below the chart."""
    if not axis:
        return ""
    places = sorted({0, len(axis) // 2, len(axis) - 1})
    labels = "".join(f"<span>{axis[index]['start']}</span>" for index in places)
    return f'<p class="dates">{labels}</p>'


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An entity around the centre of a graph; `strength` from 0 to 1 is the width of its line."""

    name: str
    href: str
    strength: float
    count: int


def graph(centre: str, neighbours: Sequence[Neighbour], title: str) -> Markup:
    """Return an entity with its neighbours around it, the strongest at the top, clockwise."""
    width, height = 640, 420
    x, y = width / 2, height / 2
    lines = nodes = ""
    for index, neighbour in enumerate(neighbours):
        angle = 2 * math.pi * index / len(neighbours) - math.pi / 2
        cosine = math.cos(angle)
        px, py = x + 190 * cosine, y + 165 * math.sin(angle)
        stroke = 1 + 6 * neighbour.strength
        anchor = "middle"
        if abs(cosine) > 0.3:
            anchor = "start" if cosine > 0 else "end"
        shift = {"middle": 0, "start": 10, "end": -10}[anchor]
        lift = 4 if anchor != "middle" else math.copysign(16, py - y) + 4
        lines += (
            f'<path d="M{x} {y}L{px:.1f} {py:.1f}" stroke-width="{stroke:.1f}">'
            f"<title>{neighbour.count}</title></path>"
        )
        nodes += (
            f'<a href="{escape(neighbour.href)}" tabindex="-1">'
            f'<circle cx="{px:.1f}" cy="{py:.1f}" r="6"/>'
            f'<text x="{px + shift:.1f}" y="{py + lift:.1f}" text-anchor="{anchor}">'
            f"{escape(_short(neighbour.name))}</text></a>"
        )
    return Markup(
        f'<svg class="graph" viewBox="0 0 {width} {height}" role="group" '
        f'aria-label="{escape(title)}"><g class="lines">{lines}</g>'
        f'<g class="nodes">{nodes}<circle class="centre" cx="{x}" cy="{y}" r="9"/>'
        f'<text class="centre" x="{x}" y="{y - 16}" text-anchor="middle">'
        f"{escape(_short(centre))}</text></g></svg>"
    )


def _short(name: str) -> str:
    return name if len(name) <= 18 else f"{name[:17]}…"
