"""Ratios are of the same round, and a floor is said to be met where it is."""

from tests.bench import table
from tests.bench.load import Round
from tests.bench.table import Row, Seen, Verdict


def seen(per_second: int, *, used: float = 0.5, asking: float = 0.1) -> Seen:
    return Seen(Round(per_second, 1.0, 1.0, 2.0, 0, asking), used)


LATEST = Row(
    "latest briefing, whole",
    74_000,
    [
        {
            "raw": seen(1000),
            "hit": seen(900),
            "miss": seen(100),
            "route": seen(200),
            "datasette": seen(10),
        },
        {
            "raw": seen(100),
            "hit": seen(80),
            "miss": seen(30),
            "route": seen(100),
            "datasette": seen(1),
        },
        {
            "raw": seen(500, asking=0.9),
            "hit": seen(400),
            "miss": seen(90),
            "route": seen(100),
            "datasette": seen(9),
        },
    ],
)


def test_ratios_are_of_one_round() -> None:
    assert LATEST.median("raw", "per_second") == 500
    assert LATEST.ratio("hit", "raw") == 0.8
    assert LATEST.ratio("miss", "datasette") == 10
    assert LATEST.by_processor("miss", "datasette") == 10
    assert LATEST.ratio("miss", "nobody") is LATEST.median("nobody", "p50") is None


def test_growth_is_of_what_an_answer_costs() -> None:
    (cost,) = table.costs([LATEST]).values()
    (found,) = table.growth({"0": cost / 2}, [LATEST])
    assert (found.found, found.wanted, found.met) == (2, 1.3, False)


def test_rows_and_verdicts() -> None:
    text = table.rates([LATEST])
    assert (
        text.splitlines()[2]
        == r"| latest briefing, whole | 74.0 KB | 500\* | 400 | 0.80 | 100 | 90 | 0.50 | 9.0 | 10× |"
    )
    found = table.verdicts([LATEST])
    assert [(one.what, one.met) for one in found] == [
        ("latest briefing, whole: hit / raw", True),
        ("latest briefing, whole: miss / datasette", True),
        ("latest briefing, whole: miss / route", True),
    ]
    assert not Verdict("memory", 151, 150, at_most=True).met
    assert "| memory | 151 | – | ≤ 150 | **missed** |" in table.floors(
        [Verdict("memory", 151, 150, at_most=True)]
    )
    assert table.details([LATEST]).count("\n") == 2
