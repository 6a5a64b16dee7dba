"""Evidence of a whole document that words are a name."""

import pytest

from app.normalize.entities.name_evidence import evidence


def proven(text: str) -> set[str]:
    return set(evidence(text, text).proven)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("機能「Humming」を発表した。", {"Humming"}),
        ("新模式「Quiet Hours」上線", {"Quiet Hours"}),
        ("他在《Notes on the Slow Machine》中寫道", {"Notes on the Slow Machine"}),
        ("歌曲《Goodbye》走紅", {"Goodbye"}),
    ],
)
def test_latin_titles_in_quotes_are_names(text: str, expected: set[str]) -> None:
    assert proven(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "「Hello」と言った。",
        "所謂「Move fast and break things」",
        "縮寫「AI DNA」",
        "按「OK」",
        "使用「Agent」",
        "他說「我們要更快」",
        "日期「2026」",
    ],
)
def test_other_words_in_quotes_are_none(text: str) -> None:
    assert proven(text) == set()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "We use Quiet Loop Scheduling (QLS) here.",
            {"Quiet Loop Scheduling", "QLS"},
        ),
        (
            "提出 Slow Reward Internalization and Mending（SRIM），研究",
            {"Slow Reward Internalization and Mending", "SRIM"},
        ),
        ("QVarN (Query Variance Norm) を公開", {"QVarN", "Query Variance Norm"}),
        ("Zorbify Execution Boxes（ZXB）上線", {"Zorbify Execution Boxes", "ZXB"}),
        ("QRDP（協作人機協議）", {"QRDP"}),
        ("東海科學技術院（TKST）", {"TKST"}),
        ("以分層循環模型（HRM）訓練", set()),
        ("The Long Report (PDF) is out.", set()),
        ("Quiet Loop Scheduling (BETA)", set()),
    ],
)
def test_abbreviations_that_are_spelled_out_are_names(text: str, expected: set[str]) -> None:
    assert proven(text) == expected


def test_linked_repositories_are_names() -> None:
    text = (
        "- [zorb-lab/quiet_hours](https://github.com/zorb-lab/quiet_hours) and read/search\n"
        "- [sponsors/zorb](https://github.com/sponsors/zorb)\n"
        "- zorb/humming: https://codeberg.org/zorb/humming.git"
    )
    assert proven(text) == {"zorb-lab/quiet_hours", "zorb/humming"}


def test_each_place_of_a_proven_name_counts() -> None:
    text = "「Humming」を発表。Humming は速い。Hummingbird は鳥。@Humming"
    places = [text[start:end] for start, end, _ in evidence(text, text).places(text)]
    assert places == ["Humming", "Humming"]
