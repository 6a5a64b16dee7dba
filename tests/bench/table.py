"""What was measured, as Markdown, beside what was to be reached."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.bench.load import Round

BUSY = "\\*"


@dataclass(frozen=True)
class Seen:
    """One contender in one round: what was seen of it, and the processor seconds it used."""

    round: Round
    used: float

    @property
    def per_answer(self) -> float:
        """Microseconds of processor time."""
        return self.used / self.round.answers * 1e6 if self.round.answers else 0.0


@dataclass(frozen=True)
class Row:
    """A question: what it is called, how long the answer is, what each contender did in each round."""

    name: str
    size: int | None
    rounds: Sequence[Mapping[str, Seen]]

    def median(self, who: str, what: str) -> float | None:
        """Of `per_second`, `p50`, `p99` or `per_answer`; None where the contender was not asked."""
        seen = [each[who] for each in self.rounds if who in each]
        if not seen:
            return None
        return statistics.median(
            one.per_answer if what == "per_answer" else getattr(one.round, what) for one in seen
        )

    def ratio(self, who: str, other: str) -> float | None:
        """How many times as fast, compared within each round."""
        both = [
            (each[who].round.per_second, each[other].round.per_second)
            for each in self.rounds
            if who in each and other in each
        ]
        return (
            statistics.median(one / two for one, two in both if two)
            if any(two for _, two in both)
            else None
        )

    def by_processor(self, who: str, other: str) -> float | None:
        """How many times as little processor time, compared within each round."""
        both = [
            (each[who].per_answer, each[other].per_answer)
            for each in self.rounds
            if who in each and other in each
        ]
        return (
            statistics.median(two / one for one, two in both if one)
            if any(one for one, _ in both)
            else None
        )

    def is_asking_busier(self, who: str) -> bool:
        """Whether it was rather the one who asked that was measured."""
        return any(
            each[who].round.asking > each[who].used > 0 for each in self.rounds if who in each
        )


@dataclass(frozen=True)
class Verdict:
    """What was found beside what it was to be at least, or at most."""

    what: str
    found: float
    wanted: float
    at_most: bool = False
    by_processor: float | None = None
    """The same of processor time an answer, which tells more where others use the machine, too."""

    @property
    def met(self) -> bool:
        return self.found <= self.wanted if self.at_most else self.found >= self.wanted


@dataclass(frozen=True)
class Floor:
    """What a request is to reach: so many times as fast as another contender, or, with `than`, as another request."""

    request: str
    who: str
    other: str
    least: float
    than: str | None = None


FLOORS = [
    Floor("latest briefing", "miss", "datasette", 8),
    Floor("latest briefing", "miss", "route", 0.4),
    Floor("headlines", "miss", "datasette", 2),
    Floor("50 items", "miss", "datasette", 5),
    Floor("the same, page", "miss", "miss", 1 / 1.2, than="50 items"),
    Floor("timeline by day", "miss", "datasette", 8),
    Floor("timeline by month", "miss", "datasette", 12),
    Floor("named together", "miss", "datasette", 30),
    Floor("search", "miss", "datasette", 3),
    Floor("autocomplete, prefix", "miss", "datasette", 2.5),
    Floor("autocomplete, typo", "miss", "miss", 0.5, than="autocomplete, prefix"),
]
AGAIN = 0.5
"""Of raw, whatever is asked again."""
GROWTH = {"latest": 1.3, "headlines": 1.3, "50 items": 1.3, "autocomplete": 1.3}
"""From M to L a miss may cost so many times as much."""
TAKEN_IN = 25
"""Documents a second."""
MEGABYTES, READY = {"S": 150, "M": 150, "L": 350}, {"S": 2, "M": 2, "L": 5}


def verdicts(rows: Sequence[Row]) -> list[Verdict]:
    """Each floor that could be looked at."""
    found = [
        Verdict(f"{row.name}: hit / raw", ratio, AGAIN, by_processor=row.by_processor("hit", "raw"))
        for row in rows
        if (ratio := row.ratio("hit", "raw")) is not None
    ]
    for floor in FLOORS:
        for row in rows:
            if row.name.startswith(floor.request):
                ratio = (
                    row.ratio(floor.who, floor.other)
                    if floor.than is None
                    else _beside(row, rows, floor.than)
                )
                if ratio is not None:
                    used = None if floor.than else row.by_processor(floor.who, floor.other)
                    found.append(
                        Verdict(
                            f"{row.name}: {floor.who} / {floor.than or floor.other}",
                            ratio,
                            floor.least,
                            by_processor=used,
                        )
                    )
    return found


def costs(rows: Sequence[Row]) -> dict[str, float]:
    """Microseconds of processor time of each request answered anew, by its place among all: some names tell the content."""
    return {
        str(at): cost for at, row in enumerate(rows) if (cost := row.median("miss", "per_answer"))
    }


def growth(before: Mapping[str, float], rows: Sequence[Row]) -> list[Verdict]:
    """What they cost now beside what they cost `before`, at M."""
    now = costs(rows)
    return [
        Verdict(
            f"{row.name}: L / M",
            now[str(at)] / before[str(at)],
            next(most for name, most in GROWTH.items() if row.name.startswith(name)),
            at_most=True,
        )
        for at, row in enumerate(rows)
        if str(at) in now and str(at) in before and row.name.startswith(tuple(GROWTH))
    ]


def _beside(row: Row, rows: Sequence[Row], than: str) -> float | None:
    other = next(
        (one.median("miss", "per_second") for one in rows if one.name.startswith(than)), None
    )
    own = row.median("miss", "per_second")
    return own / other if own is not None and other else None


def rates(rows: Sequence[Row]) -> str:
    """Answers per second, and how they compare."""
    lines = [
        "| request | body | raw | hit | of raw | route | miss | of route | Datasette | miss is |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for row in rows:
        cells = [row.name, "–" if row.size is None else f"{row.size / 1000:.1f} KB"]
        cells += [_rate(row, "raw"), _rate(row, "hit"), _ratio(row.ratio("hit", "raw"))]
        cells += [_rate(row, "route"), _rate(row, "miss"), _ratio(row.ratio("miss", "route"))]
        cells += [_rate(row, "datasette"), _ratio(row.ratio("miss", "datasette"), "×")]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def details(rows: Sequence[Row]) -> str:
    """Latency and processor time."""
    told = {"raw": "raw", "hit": "hit", "miss": "miss", "datasette": "Datasette"}
    lines = [
        f"| request | {' | '.join(f'{name} p50 / p99 ms | CPU µs' for name in told.values())} |",
        "|---|" + "--:|--:|" * len(told),
    ]
    for row in rows:
        cells = [row.name]
        for who in told:
            p50, p99, used = (row.median(who, what) for what in ("p50", "p99", "per_answer"))
            cells += (
                ["–", "–"]
                if p50 is None or p99 is None
                else [f"{p50:.2f} / {p99:.2f}", f"{used:,.0f}" if used else "–"]
            )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def floors(found: Sequence[Verdict]) -> str:
    """What was to be reached, and was it."""
    lines = ["| | is | by CPU | is to be | |", "|---|--:|--:|--:|---|"]
    for one in found:
        bound = f"{'≤' if one.at_most else '≥'} {_ratio(one.wanted)}"
        lines.append(
            f"| {one.what} | {_ratio(one.found)} | {_ratio(one.by_processor)} | {bound} | {'met' if one.met else '**missed**'} |"
        )
    return "\n".join(lines)


def _rate(row: Row, who: str) -> str:
    rate = row.median(who, "per_second")
    return (
        "–"
        if rate is None
        else f"{rate:,.0f}{BUSY if row.is_asking_busier(who) else ''}"
        if rate >= 10
        else f"{rate:.1f}"
    )


def _ratio(ratio: float | None, sign: str = "") -> str:
    """To two digits that say something."""
    if ratio is None:
        return "–"
    return (
        f"{ratio:,.0f}"
        if ratio >= 10
        else f"{ratio:.1f}"
        if ratio >= 1
        else f"{ratio:.2f}"
        if ratio >= 0.1
        else f"{ratio:.2g}"
    ) + sign
