import pytest

from app.parse.draft import TextSpan
from app.parse.kinds import Level
from app.parse.ratings import read_importance


@pytest.mark.parametrize(
    ("text", "level", "label", "reason"),
    [
        ("高", "high", "高", None),
        ("高 — 因為", "high", "高", "因為"),
        ("中高", "medium_high", "中高", None),
        ("高（High）", "high", "高（High）", None),
        ("高（影響深遠）", "high", "高", "影響深遠"),
        ("High – reason", "high", "High", "reason"),
        ("Medium-High: reason", "medium_high", "Medium-High", "reason"),
        ("★★☆ 理由", "medium", "★★☆", "理由"),
        ("⭐⭐⭐⭐⭐", "high", "⭐⭐⭐⭐⭐", None),
        ("8.5/10", "medium_high", "8.5/10", None),
        ("**低**。", "low", "低", None),
        ("待定", None, "待定", None),
    ],
)
def test_importance(text: str, level: str | None, label: str, reason: str | None) -> None:
    result = read_importance(text, TextSpan(1, 1, 0, len(text)))
    assert (result.level, result.label, result.reason) == (level, label, reason)


def test_labels_of_a_dialect_come_first_and_as_written() -> None:
    levels: dict[str, Level] = {"!!!": "high", "P0": "high", "!!": "medium"}
    for text, label, level, reason in (
        ("!!!", "!!!", "high", None),
        ("!! the market moves", "!!", "medium", "the market moves"),
        ("P0：停機", "P0", "high", "停機"),
        ("P01", "P01", None, None),
        ("!!!!", "!!!!", None, None),
    ):
        read = read_importance(text, TextSpan(1, 1, 0, 1), levels)
        assert (read.label, read.level, read.reason) == (label, level, reason)
