"""Ratios compare servers within a round, and targets are checked."""

from tests.bench import table
from tests.bench.load import Round
from tests.bench.table import Row, Sample, Verdict


def sample(per_second: int, *, used: float = 0.5, client: float = 0.1) -> Sample:
    return Sample(Round(per_second, 1.0, 1.0, 2.0, 0, client), used)


LATEST = Row(
    "latest briefing, whole",
    74_000,
    [
        {
            "raw": sample(1000),
            "hit": sample(900),
            "miss": sample(100),
            "route": sample(200),
            "datasette": sample(10),
        },
        {
            "raw": sample(100),
            "hit": sample(80),
            "miss": sample(30),
            "route": sample(100),
            "datasette": sample(1),
        },
        {
            "raw": sample(500, client=0.9),
            "hit": sample(400),
            "miss": sample(90),
            "route": sample(100),
            "datasette": sample(9),
        },
    ],
)


def test_ratios_compare_within_a_round() -> None:
    assert LATEST.median("raw", "per_second") == 500
    assert LATEST.ratio("hit", "raw") == 0.8
    assert LATEST.ratio("miss", "datasette") == 10
    assert LATEST.by_processor("miss", "datasette") == 10
    assert LATEST.ratio("miss", "nobody") is LATEST.median("nobody", "p50") is None


def test_growth_compares_costs_an_answer() -> None:
    (cost,) = table.costs([LATEST]).values()
    (verdict,) = table.growth({"0": cost / 2}, [LATEST])
    assert (verdict.value, verdict.target, verdict.met) == (2, 1.3, False)


def test_rows_and_verdicts() -> None:
    line = table.rates([LATEST]).splitlines()[2]
    cells = [cell.strip() for cell in line.strip("|").split("|")]
    assert cells[:5] == ["latest briefing, whole", "74.0 KB", r"500\*", "400", "0.80"]
    assert cells[5:] == ["100", "90", "0.50", "9.0", "10×"]
    verdicts = table.verdicts([LATEST])
    assert [(verdict.name, verdict.met) for verdict in verdicts] == [
        ("latest briefing, whole: hit / raw", True),
        ("latest briefing, whole: miss / datasette", True),
        ("latest briefing, whole: miss / route", True),
    ]
    memory = Verdict("memory", 151, 150, at_most=True)
    assert not memory.met
    assert "| memory | 151 | – | ≤ 150 | **missed** |" in table.floors([memory])
    assert table.details([LATEST]).count("\n") == 2
