"""Maps in a buffer hold what a dictionary holds."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.compiled.maps import CompiledMap, encode_map

_KEYS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


@given(st.dictionaries(_KEYS, st.lists(st.integers(0, 9), max_size=3), max_size=40), _KEYS)
def test_a_map_reads_back_as_it_was(values: dict[str, list[int]], other: str) -> None:
    compiled = CompiledMap(memoryview(encode_map(values)))
    assert dict(compiled) == values
    assert len(compiled) == len(values)
    assert compiled.get(other) == values.get(other)
    assert (other in compiled) == (other in values)


def test_a_number_is_no_key() -> None:
    number: Any = 7
    assert number not in CompiledMap(memoryview(encode_map({"7": 7})))
