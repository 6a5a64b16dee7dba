"""Who mistypes is told what would be right."""

import pytest

from app.query.request.suggestions import beside, fault, nearest


@pytest.mark.parametrize(
    ("name", "valid", "said"),
    [
        ("hgh", ["high", "low"], "did you mean high?"),
        ("HIGH", ["high", "low"], "did you mean high?"),
        ("zzz", ["b", "a"], "valid are a, b"),
        (
            "zzz",
            [f"n{number:02}" for number in range(30)],
            f"valid are {', '.join(f'n{number:02}' for number in range(16))} and 14 more",
        ),
        ("query", ["q", "quality"], "did you mean q?"),
        ("query", ["quality", "kind"], "valid are kind, quality"),
        ("x", [], "none is taken here"),
    ],
)
def test_nearest(name: str, valid: list[str], said: str) -> None:
    assert nearest(name, valid) == said


def test_beside() -> None:
    assert beside("sglagn", ["SGLang", "sglang", "Qwen"]) == "; there is sglang"
    assert beside("abcd", ["abce", "abcf"]) == "; there are abcf, abce"
    assert beside("abcd", ["zzzz"]) == ""


def test_a_fault_names_the_place_and_the_nearest() -> None:
    assert fault("sort", "titel", ["title", "date"]) == {
        "parameter": "sort",
        "message": "'titel': did you mean title?",
    }
