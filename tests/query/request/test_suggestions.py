"""A message about a name that is not valid ends with the names nearest to it."""

import pytest

from app.query.request.suggestions import fault, nearest, similar


@pytest.mark.parametrize(
    ("name", "valid", "message"),
    [
        ("hgh", ["high", "low"], "did you mean high?"),
        ("HIGH", ["high", "low"], "did you mean high?"),
        ("huge", ["high", "medium", "low"], "expected one of: high, medium, low"),
        ("zzz", ["b", "a", "b"], "expected one of: b, a"),
        (
            "zzz",
            [f"n{number:02}" for number in range(30)],
            f"expected one of: {', '.join(f'n{number:02}' for number in range(16))} and 14 more",
        ),
        ("query", ["q", "quality"], "did you mean q?"),
        ("query", ["quality", "kind"], "expected one of: quality, kind"),
        ("x", [], "no value is valid here"),
    ],
)
def test_nearest(name: str, valid: list[str], message: str) -> None:
    assert nearest(name, valid) == message


def test_similar() -> None:
    assert similar("sglagn", ["SGLang", "sglang", "Qwen"]) == "; there is sglang"
    assert similar("abcd", ["abce", "abcf"]) == "; there are abcf, abce"
    assert similar("abcd", ["zzzz"]) == ""


def test_a_fault_names_the_parameter_and_the_nearest_value() -> None:
    assert fault("sort", "titel", ["title", "date"]) == {
        "parameter": "sort",
        "message": "'titel': did you mean title?",
    }
