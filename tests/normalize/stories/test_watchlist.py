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


def match(text: str, terms: list[SubjectTerm], title: str, **named: bool) -> WatchMatch | None:
    return answers(
        terms,
        subject(text, terms),
        {f"e_{name}": place for name, place in named.items()},
        shingles(title),
    )


def test_an_actor_alone_is_no_answer() -> None:
    entry = "NVIDIA Rubin 量產時程"
    assert match(entry, [NVIDIA], "NVIDIA 財報創新高", nvidia=True) is None
    assert match(entry, [NVIDIA], "NVIDIA Rubin 開始量產", nvidia=True)
    assert match(entry, [NVIDIA, RUBIN], "NVIDIA 財報創新高", nvidia=True) is None
    answer = match(entry, [NVIDIA, RUBIN], "Rubin 送樣", nvidia=False, rubin=True)
    assert answer
    assert answer.weights == {"e_nvidia": 0.175, "e_rubin": 0.6}
    assert answer.score == round(1 - 0.825 * 0.4 * (1 - answer.words), 4)


def test_a_hot_entity_alone_is_no_answer() -> None:
    hot = SubjectTerm("e_rubin", "Rubin", "chip", hot=True)
    assert match("Rubin", [hot], "Rubin 送樣", rubin=True) is None
    assert match("Rubin", [RUBIN], "Rubin 送樣", rubin=True)


def test_a_mention_in_the_text_counts_half() -> None:
    assert match("Turb-L1 — 頻域感知訓練", [TURB], "湍流", turb=False) is None
    assert match("Turb-L1 — 頻域感知訓練", [TURB], "Turb-L1 開源", turb=True)
    assert match("RAG", [RAG], "RAG 實務", rag=True) is None


def test_words_count_beside_shared_entities_only() -> None:
    entry = "主權雲（D-AI+PIF） — 區域訓練基礎設施的政策樣板"
    title = "D-AI 與 PIF 的主權雲動工"
    assert match(entry, [CLOUD], title, cloud=True)
    assert match(entry, [CLOUD], title) is None
    assert match("代理支付協定的合規風控", [], "代理支付協定的合規風控出爐")
    assert match("AI 安全", [], "AI 安全") is None


def test_the_subject_is_the_part_before_the_dash() -> None:
    assert subject("甲乙丙丁戊 — 己庚辛", []) == shingles("甲乙丙丁戊")
    assert subject("甲乙：己庚辛壬癸", []) == shingles("甲乙：己庚辛壬癸")


@pytest.mark.parametrize(
    ("named_items", "items", "hot"),
    [
        (3, 3, False),
        (4, 79, True),
        (4, 80, False),
        (50, 1000, False),
        (51, 1000, True),
        (0, 0, False),
    ],
)
def test_is_hot(named_items: int, items: int, hot: bool) -> None:
    assert is_hot(named_items, items) is hot


@given(st.text(max_size=60), st.text(max_size=60), st.booleans(), st.booleans())
def test_scores_lie_between_the_threshold_and_one(
    text: str, title: str, is_mentioned: bool, is_prominent: bool
) -> None:
    answer = match(
        text,
        [RUBIN, CLOUD],
        title,
        **({"rubin": is_prominent, "cloud": is_prominent} if is_mentioned else {}),
    )
    assert answer is None or THRESHOLD <= answer.score <= 1
