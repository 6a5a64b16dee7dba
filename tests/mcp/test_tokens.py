"""The estimate of tokens beside recorded counts of tokenizers."""

import pytest

from app.mcp.tokens import tokens

# Parts of answers, with their tokens in o200k_base and cl100k_base (gpt-tokenizer 4.0.0).
_RELATED = (
    '{"id":"e_7usf6qxiilyw","name":"Inference engine","type":"concept","score":10.7262,'
    '"together":1,"cite":{"id":"i_mzjeutgiwxti","url":"https://kb.example/v1/items/i_mzjeutgiwxti",'
    '"sha256":"55a9b9a5d8c3249cb57a3d9ab01753b5c2d400ae8a32e3abdad4afea5ed47db9",'
    '"lines":"111-130"}}'
)
_TREND = (
    '{"id":"e_ueldjkjx5pbl","slug":"kubernetes","name":"Kubernetes","type":"product","items":0,'
    '"baseline":5,"expected":3.6076,"residual":-1.8994,"new":false,"cite":{"id":"i_yyu2kr55umup",'
    '"url":"https://kb.example/v1/items/i_yyu2kr55umup","sha256":'
    '"f87ba93e3307e34f6f076e42ab3e3781183ce40d6cc88091004d9c57c3b08250","lines":"51-70"}}'
)
_PROSE = "團隊提出以圖像合成促進皮膚病變分類器的公平性評估，並說明了「青鳥」模型的表現。"
_SIMPLIFIED = "千问与通义实验室发布新模型，支持长上下文与多模态推理。"


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        (_RELATED, (121, 122)),
        (_TREND, (136, 133)),
        (_PROSE, (36, 59)),
        (_SIMPLIFIED, (22, 28)),
    ],
)
def test_the_estimate_is_above_what_tokenizers_count(text: str, counts: tuple[int, int]) -> None:
    assert tokens(text.encode()) >= max(counts)


def test_an_odd_byte_counts_as_a_token() -> None:
    assert [tokens(b"x" * length) for length in range(4)] == [0, 1, 1, 2]
