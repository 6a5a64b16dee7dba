"""Texts folded at once fold as each of them does."""

from hypothesis import given, settings
from hypothesis import strategies as st

from app.normalize.text.folding import fold_variants
from app.query.fulltext.folded_texts import fold_all


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.text() | st.text(st.sampled_from("aＡ衛衞é1,２\u200b🎉𠀀"), max_size=6), max_size=5)
)
def test_each_text_is_folded_as_if_alone(texts: list[str]) -> None:
    for document in fold_all([texts, [], texts[::-1]]), fold_all([texts]):
        folded = [document[0].one(number) for number in range(len(texts))]
        assert folded == list(map(fold_variants, texts))
        assert set(document[0].odd) <= set(range(len(texts)))


def test_odd_texts_are_numbered() -> None:
    texts = ["plain 推理 × η", "café", "1,000", "1, 2", "推\u200b理", "", "1,", "0 ή"]
    assert fold_all([texts])[0].odd == [1, 2, 4, 7]
    assert [document.odd for document in fold_all([["é"], [], ["a", "é"]])] == [[0], [], [1]]


def test_texts_with_a_needle_are_numbered() -> None:
    (texts,) = fold_all([["推理 推理", "模型", "", "大模型推理"]])
    assert texts.numbers_with(["推理"]) == {0, 3}
    assert texts.numbers_with(["模型", "推"]) == {0, 1, 3}
    assert texts.numbers_with(["無"]) == set()
    assert texts.numbers_with([]) == set()
