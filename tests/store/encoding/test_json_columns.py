"""JSON columns hold text as it is written."""

import json

from app.store.encoding.json_columns import encode_json


def test_text_is_not_escaped() -> None:
    assert encode_json({"a": ["模型", None]}) == '{"a":["模型",null]}'


def test_large_numbers_stay_exact() -> None:
    assert json.loads(encode_json({"n": 2**70})) == {"n": 2**70}
