"""The measurements as Markdown tables, beside the targets."""

import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from tests.bench.load import Round

BUSY = "\\*"
Metric = Literal["per_second", "p50", "p99", "per_answer"]


@dataclass(frozen=True)
class Sample:
    """One server in one round, and the processor seconds it used."""

    round: Round
    used: float

    @property
    def per_answer(self) -> float:
        """Microseconds of processor time an answer."""
        return self.used / self.round.answers * 1e6 if self.round.answers else 0.0

    def value(self, metric: Metric) -> float:
        """Return a metric of this sample."""
        if metric == "per_answer":
            return self.per_answer

        return float(getattr(self.round, metric))


@dataclass(frozen=True)
class Row:
    """A question: its name, the size of the answer in bytes, and the samples of each round."""

    name: str
    size: int | None
    rounds: Sequence[Mapping[str, Sample]]

    def median(self, server: str, metric: Metric) -> float | None:
        """Return the median of a metric; None if the server was not measured."""
        values = []
        for samples in self.rounds:
            if server in samples:
                values.append(samples[server].value(metric))

        return statistics.median(values) if values else None

    def ratio(self, server: str, other: str) -> float | None:
        """Return the median of how many times as fast a server was in the same round."""
        ratios = []
        for sample, base in self._pairs(server, other):
            if base.round.per_second:
                ratios.append(sample.round.per_second / base.round.per_second)

        return statistics.median(ratios) if ratios else None

    def by_processor(self, server: str, other: str) -> float | None:
        """Return the ratio by processor time: 2 if a server needs half the time of the other."""
        ratios = []
        for sample, base in self._pairs(server, other):
            if sample.per_answer:
                ratios.append(base.per_answer / sample.per_answer)

        return statistics.median(ratios) if ratios else None

    def _pairs(self, server: str, other: str) -> Iterator[tuple[Sample, Sample]]:
        """Yield the samples of both servers in each round that has both."""
        for samples in self.rounds:
            if server in samples and other in samples:
                yield samples[server], samples[other]

    def is_client_busier(self, server: str) -> bool:
        """Return whether the client used more processor time than the server in some round."""
        for samples in self.rounds:
            sample = samples.get(server)
            if sample and sample.round.client_seconds > sample.used > 0:
                return True

        return False


@dataclass(frozen=True)
class Verdict:
    """A measured value and its target: a minimum, or a maximum with `at_most`."""

    name: str
    value: float
    target: float
    at_most: bool = False
    by_processor: float | None = None
    """The value by processor time, which is more reliable on a shared machine."""

    @property
    def met(self) -> bool:
        """Whether the value reaches the target."""
        return self.value <= self.target if self.at_most else self.value >= self.target


@dataclass(frozen=True)
class Floor:
    """A target of a request: a minimum ratio to another server, or with `than` to a request."""

    request: str
    server: str
    other: str
    minimum: float
    than: str | None = None


FLOORS = [
    Floor("latest briefing", "miss", "datasette", 8),
    Floor("latest briefing", "miss", "route", 0.4),
    Floor("headlines", "miss", "datasette", 2),
    Floor("50 items", "miss", "datasette", 5),
    Floor("the same, page", "miss", "miss", 1 / 1.2, than="50 items"),
    Floor("timeline by day", "miss", "datasette", 8),
    Floor("timeline by month", "miss", "datasette", 12),
    Floor("co-occurrence", "miss", "datasette", 30),
    Floor("search", "miss", "datasette", 3),
    Floor("autocomplete, prefix", "miss", "datasette", 2.5),
    Floor("autocomplete, typo", "miss", "miss", 0.5, than="autocomplete, prefix"),
]
MIN_HIT_RATIO = 0.5
"""A cached answer must reach this share of the rate of `raw`."""
MAX_GROWTH = {"latest": 1.3, "headlines": 1.3, "50 items": 1.3, "autocomplete": 1.3}
"""Maximum ratio of the cost of an uncached answer at L to its cost at M."""
DOCUMENTS_PER_SECOND = 25
MAX_MEGABYTES = {"D": 150, "S": 150, "M": 150, "L": 350}
MAX_START_SECONDS = {"D": 2, "S": 2, "M": 2, "L": 5}


def verdicts(rows: Sequence[Row]) -> list[Verdict]:
    """Return a verdict for each target that was measured."""
    results = []
    for row in rows:
        ratio = row.ratio("hit", "raw")
        if ratio is not None:
            by_processor = row.by_processor("hit", "raw")
            name = f"{row.name}: hit / raw"
            results.append(Verdict(name, ratio, MIN_HIT_RATIO, by_processor=by_processor))

    for floor in FLOORS:
        for row in rows:
            if row.name.startswith(floor.request):
                results += _floor_verdicts(floor, row, rows)

    return results


def _floor_verdicts(floor: Floor, row: Row, rows: Sequence[Row]) -> list[Verdict]:
    """Return the verdict on a floor; [] if it was not measured."""
    if floor.than:
        ratio, by_processor = (
            _ratio_to_request(
                row,
                rows,
                floor.than,
            ),
            None,
        )
    else:
        ratio = row.ratio(floor.server, floor.other)
        by_processor = row.by_processor(floor.server, floor.other)

    if ratio is None:
        return []

    name = f"{row.name}: {floor.server} / {floor.than or floor.other}"

    return [Verdict(name, ratio, floor.minimum, by_processor=by_processor)]


def costs(rows: Sequence[Row]) -> dict[str, float]:
    """Return the microseconds of processor time of each uncached answer, by index of its row.

    The keys are no names, because some names contain numbers that depend on the data.
    """
    by_index = {}
    for index, row in enumerate(rows):
        cost = row.median("miss", "per_answer")
        if cost:
            by_index[str(index)] = cost

    return by_index


def growth(before: Mapping[str, float], rows: Sequence[Row]) -> list[Verdict]:
    """Return verdicts on the ratio of the costs of `rows` to those measured `before`, at M."""
    now = costs(rows)
    results = []
    for index, row in enumerate(rows):
        key = str(index)
        maximum = _max_growth(row.name)
        if maximum is not None and key in now and key in before:
            ratio = now[key] / before[key]
            results.append(
                Verdict(
                    f"{row.name}: L / M",
                    ratio,
                    maximum,
                    at_most=True,
                )
            )

    return results


def _max_growth(name: str) -> float | None:
    for beginning, maximum in MAX_GROWTH.items():
        if name.startswith(beginning):
            return maximum

    return None


def _ratio_to_request(row: Row, rows: Sequence[Row], than: str) -> float | None:
    """Return how many times as fast a row is as the first row whose name begins with `than`."""
    others = [other for other in rows if other.name.startswith(than)]
    base = others[0].median("miss", "per_second") if others else None
    rate = row.median("miss", "per_second")

    return rate / base if rate is not None and base else None


def rates(rows: Sequence[Row]) -> str:
    """Return the table of answers a second."""
    lines = [
        "| request | body | raw | hit | of raw | route | miss | of route | Datasette | miss is |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for row in rows:
        cells = [
            row.name,
            "–" if row.size is None else f"{row.size / 1000:.1f} KB",
            _rate(row, "raw"),
            _rate(row, "hit"),
            _number(row.ratio("hit", "raw")),
            _rate(row, "route"),
            _rate(row, "miss"),
            _number(row.ratio("miss", "route")),
            _rate(row, "datasette"),
            _number(row.ratio("miss", "datasette"), "×"),
        ]
        lines.append(f"| {' | '.join(cells)} |")

    return "\n".join(lines)


_DETAILED = {"raw": "raw", "hit": "hit", "miss": "miss", "datasette": "Datasette"}


def details(rows: Sequence[Row]) -> str:
    """Return the table of latencies and processor time."""
    heads = [f"{name} p50 / p99 ms | CPU µs" for name in _DETAILED.values()]
    lines = [
        f"| request | {' | '.join(heads)} |",
        "|---|" + "--:|--:|" * len(_DETAILED),
    ]
    for row in rows:
        cells = [row.name]
        for server in _DETAILED:
            cells += _detail_cells(row, server)

        lines.append(f"| {' | '.join(cells)} |")

    return "\n".join(lines)


def _detail_cells(row: Row, server: str) -> list[str]:
    p50, p99 = row.median(server, "p50"), row.median(server, "p99")
    if p50 is None or p99 is None:
        return ["–", "–"]

    cost = row.median(server, "per_answer")

    return [f"{p50:.2f} / {p99:.2f}", f"{cost:,.0f}" if cost else "–"]


def floors(results: Sequence[Verdict]) -> str:
    """Return the table of targets and whether each is met."""
    lines = ["| | is | by CPU | is to be | |", "|---|--:|--:|--:|---|"]
    for verdict in results:
        symbol = "≤" if verdict.at_most else "≥"
        cells = [
            verdict.name,
            _number(verdict.value),
            _number(verdict.by_processor),
            f"{symbol} {_number(verdict.target)}",
            "met" if verdict.met else "**missed**",
        ]
        lines.append(f"| {' | '.join(cells)} |")

    return "\n".join(lines)


def _rate(row: Row, server: str) -> str:
    rate = row.median(server, "per_second")
    if rate is None:
        return "–"

    if rate < 10:
        return f"{rate:.1f}"

    return f"{rate:,.0f}{BUSY if row.is_client_busier(server) else ''}"


def _number(number: float | None, unit: str = "") -> str:
    """Return a number with two significant digits."""
    if number is None:
        return "–"

    if number >= 10:
        digits = f"{number:,.0f}"
    elif number >= 1:
        digits = f"{number:.1f}"
    elif number >= 0.1:
        digits = f"{number:.2f}"
    else:
        digits = f"{number:.2g}"

    return digits + unit
