import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.normalize.stories.watchlist import (
    THRESHOLD,
    SubjectTerm,
    WatchMatch,
    answers,
    is_hot,
    subject,
)
from app.normalize.text.containment import shingles

NVIDIA = SubjectTerm("e_nvidia", "NVIDIA", "org", hot=False)
RUBIN = SubjectTerm("e_rubin", "Rubin", "chip", hot=False)
TURB = SubjectTerm("e_turb", "Turb-L1", "method", hot=False)
RAG = SubjectTerm("e_rag", "RAG", "method", hot=False)
CLOUD = SubjectTerm("e_cloud", "主權雲", "concept", hot=False)


def judged(text: str, terms: list[SubjectTerm], title: str, **named: bool) -> WatchMatch | None:
    return answers(
        terms,
        subject(text, terms),
        {f"e_{name}": place for name, place in named.items()},
        shingles(title),
    )


def test_what_is_named_by_everybody_answers_nothing_alone() -> None:
    entry = "NVIDIA Rubin 量產時程"
    assert judged(entry, [NVIDIA], "NVIDIA 財報創新高", nvidia=True) is None
    assert judged(entry, [NVIDIA], "NVIDIA Rubin 開始量產", nvidia=True)
    assert judged(entry, [NVIDIA, RUBIN], "NVIDIA 財報創新高", nvidia=True) is None
    found = judged(entry, [NVIDIA, RUBIN], "Rubin 送樣", nvidia=False, rubin=True)
    assert found
    assert found.weights == {"e_nvidia": 0.175, "e_rubin": 0.6}
    assert found.score == round(1 - 0.825 * 0.4 * (1 - found.words), 4)


def test_what_was_in_the_news_anyway_answers_nothing_alone() -> None:
    hot = SubjectTerm("e_rubin", "Rubin", "chip", hot=True)
    assert judged("Rubin", [hot], "Rubin 送樣", rubin=True) is None
    assert judged("Rubin", [RUBIN], "Rubin 送樣", rubin=True)


def test_in_passing_is_half() -> None:
    assert judged("Turb-L1 — 頻域感知訓練", [TURB], "湍流", turb=False) is None
    assert judged("Turb-L1 — 頻域感知訓練", [TURB], "Turb-L1 開源", turb=True)
    assert judged("RAG", [RAG], "RAG 實務", rag=True) is None


def test_words_count_beside_names_and_not_without_them() -> None:
    entry = "主權雲（D-AI+PIF） — 區域訓練基礎設施的政策樣板"
    said = "D-AI 與 PIF 的主權雲動工"
    assert judged(entry, [CLOUD], said, cloud=True)
    assert judged(entry, [CLOUD], said) is None
    assert judged("代理支付協定的合規風控", [], "代理支付協定的合規風控出爐")
    assert judged("AI 安全", [], "AI 安全") is None


def test_the_subject_stands_before_the_dash() -> None:
    assert subject("甲乙丙丁戊 — 己庚辛", []) == shingles("甲乙丙丁戊")
    assert subject("甲乙：己庚辛壬癸", []) == shingles("甲乙：己庚辛壬癸")


@pytest.mark.parametrize(
    ("named", "items", "hot"),
    [
        (3, 3, False),
        (4, 79, True),
        (4, 80, False),
        (50, 1000, False),
        (51, 1000, True),
        (0, 0, False),
    ],
)
def test_is_hot(named: int, items: int, hot: bool) -> None:
    assert is_hot(named, items) is hot


@given(st.text(max_size=60), st.text(max_size=60), st.booleans(), st.booleans())
def test_scores_lie_between_the_threshold_and_one(
    text: str, title: str, there: bool, prominent: bool
) -> None:
    found = judged(
        text, [RUBIN, CLOUD], title, **({"rubin": prominent, "cloud": prominent} if there else {})
    )
    assert found is None or THRESHOLD <= found.score <= 1
