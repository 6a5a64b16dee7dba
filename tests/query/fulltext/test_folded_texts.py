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
    folded, odd = fold_all(texts)
    assert folded == list(map(fold_variants, texts))
    assert len(odd) == len(texts)


def test_odd_texts_are_told() -> None:
    texts = ["plain 推理", "café", "1,000", "1, 2", "推\u200b理", "𠀀", ""]
    assert fold_all(texts)[1] == [False, True, True, False, True, True, False]
