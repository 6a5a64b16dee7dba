"""Charts as SVG without script and without styles of its own: sparklines, timelines, graphs. Pure.

A chart is drawn in user units that CSS scales; its numbers stand in a table beside it.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from markupsafe import Markup

from app.explorer.gaps import AxisGap, ChartColumn, columns_of, gaps_of

WIDTH = 960
"""User units of a timeline."""
ROW_HEIGHT = 72
MAX_BAR = 80
"""Units of the width of a bar: two days are two bars, not two halves of the page."""
MAX_VALUES = 31
"""Bars with their numbers below them, at most: those of a month."""
MAX_NARROW_VALUES = 14
"""Bars with their numbers below them on a phone."""
MIN_LABEL_DISTANCE = 12
"""Percent of the width between the labels of two gaps: less is too little on a phone."""


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
    """Words of a timeline; `maximum` takes a number and a day, `days` words a number of days."""

    title: str
    gap: str
    maximum: str
    days: Callable[[int], str] = str


def timeline(
    axis: Sequence[dict[str, Any]], series: Sequence[ChartSeries], labels: Labels
) -> Markup:
    """Return bars over time, a row for each entity on one scale; intervals without briefings are
    shaded, and long runs of them take few columns, with their length below.

    `axis` has `start`, `end` and `briefings` of each interval. Bars stretch with the page, and all
    text is HTML, so that its size stays. The first days of the columns stand on the chart as data,
    so that a script can zoom to those under the pointer.
    """
    columns = columns_of(axis)
    step = WIDTH / max(len(columns), 1)
    highest = 1
    for row in series:
        highest = max(highest, *row.values, 1)
    shades = _gaps(axis, columns, step, labels)
    label = escape(labels.title)
    parts = [f'<div class="timeline" role="group" aria-label="{label}" {_days(axis, columns)}>']
    for number, row in enumerate(series):
        parts.append(_row_head(axis, row, highest, labels))
        parts.append(
            f'<svg class="bars" viewBox="0 0 {WIDTH} {ROW_HEIGHT}" preserveAspectRatio="none">'
            f"{shades}{_bars(axis, columns, row, number, highest)}</svg>"
        )
        parts.append(_values(row, columns))
    parts.append(_lengths(columns, labels))
    parts.append(_dates(axis, columns))
    parts.append("</div>")
    return Markup("".join(parts))


def _days(axis: Sequence[dict[str, Any]], columns: Sequence[ChartColumn]) -> str:
    """Return the first days of the columns and the last day of all, as data of the chart."""
    starts = " ".join(str(axis[column.first]["start"]) for column in columns)
    last = str(axis[-1]["end"]) if axis else ""
    return f'data-starts="{starts}" data-last="{last}"'


def _gaps(
    axis: Sequence[dict[str, Any]], columns: Sequence[ChartColumn], step: float, labels: Labels
) -> str:
    """Return a shade for each gap; a long one is crossed by a broken line."""
    place_of = {column.first: place for place, column in reversed([*enumerate(columns)])}
    place_of[len(axis)] = len(columns)
    long = {column.gap for column in columns}
    shades = ""
    for gap in gaps_of(axis):
        left, right = place_of[gap.first] * step, place_of[gap.last + 1] * step
        title = f"{labels.gap} {gap.start} – {gap.end} · {labels.days(gap.days)}"
        shades += (
            f'<rect class="gap" x="{left:.1f}" y="0" width="{right - left:.1f}" '
            f'height="{ROW_HEIGHT}"><title>{escape(title)}</title></rect>'
        )
        if gap in long:
            shades += f'<path class="break" d="M{left:.1f} {ROW_HEIGHT / 2:.0f}H{right:.1f}"/>'
    return shades


def _lengths(columns: Sequence[ChartColumn], labels: Labels) -> str:
    """Return the lengths of the long gaps, each below its gap; where two are close, the longer's.

    A picture of its own, which no window stretches.
    """
    texts = ""
    for place, gap in _labelled(columns):
        anchor = "middle"
        if not MIN_LABEL_DISTANCE / 2 < place < 100 - MIN_LABEL_DISTANCE / 2:
            anchor = "start" if place < 50 else "end"
        texts += f'<text x="{place:.1f}%" y="1em" text-anchor="{anchor}">'
        texts += f"{escape(labels.days(gap.days))}</text>"
    return f'<svg class="lengths" aria-hidden="true">{texts}</svg>' if texts else ""


def _labelled(columns: Sequence[ChartColumn]) -> Iterator[tuple[float, AxisGap]]:
    """Yield the middles of long gaps in percent of the width, far enough from each other."""
    places: dict[AxisGap, list[int]] = {}
    for place, column in enumerate(columns):
        if column.gap:
            places.setdefault(column.gap, []).append(place)
    taken: list[float] = []
    for gap in sorted(places, key=lambda gap: -gap.days):
        first, last = places[gap][0], places[gap][-1]
        middle = 50 * (first + last + 1) / len(columns)
        if all(abs(middle - other) >= MIN_LABEL_DISTANCE for other in taken):
            taken.append(middle)
            yield middle, gap


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
    axis: Sequence[dict[str, Any]],
    columns: Sequence[ChartColumn],
    row: ChartSeries,
    number: int,
    highest: int,
) -> str:
    step = WIDTH / len(columns) if columns else WIDTH
    width = min(max(step - 1, step * 0.8), MAX_BAR)
    # A wide column has its bar in the middle, above its number.
    margin = (step - width) / 2 if width == MAX_BAR else 0
    bars = ""
    for place, column in enumerate(columns):
        value = row.values[column.first]
        if not value:
            continue
        height = max(ROW_HEIGHT * value / highest, 2)
        start = axis[column.first]["start"]
        bars += (
            f'<a href="{escape(row.hrefs[column.first])}" tabindex="-1">'
            f'<rect x="{place * step + margin:.1f}" y="{ROW_HEIGHT - height:.1f}" '
            f'width="{width:.1f}" height="{height:.1f}"><title>{start}: {value}</title></rect></a>'
        )
    return f'<g class="series s{number}">{bars}</g>'


def _values(row: ChartSeries, columns: Sequence[ChartColumn]) -> str:
    """Return the numbers below the bars, if there is room for them; a table has all."""
    if len(columns) > MAX_VALUES:
        return ""
    kind = "values" if len(columns) <= MAX_NARROW_VALUES else "values wide"
    cells = "".join(f"<span>{row.values[column.first] or ''}</span>" for column in columns)
    return f'<p class="{kind}" aria-hidden="true">{cells}</p>'


def _dates(axis: Sequence[dict[str, Any]], columns: Sequence[ChartColumn]) -> str:
    """Return the first, middle and last day below the chart; none in the middle of a long gap."""
    if not columns:
        return ""
    middle = len(columns) // 2
    places = {0, len(columns) - 1} | (set() if columns[middle].gap else {middle})
    labels = ""
    for place in sorted(places):
        labels += f"<span>{axis[columns[place].first]['start']}</span>"
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
