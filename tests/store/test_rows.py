import pytest

from app.store.rows import strip_unstorable


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        ("a\0b", "a\ufffdb"),
        ("a\ud800b\udfff", "a\ufffdb\ufffd"),
        ("漢字𠀀", "漢字𠀀"),
        ({"a\0": ["\0", ("x", None, 3)]}, {"a\ufffd": ["\ufffd", ["x", None, 3]]}),
        (None, None),
    ],
)
def test_text_no_database_takes_is_replaced(value: object, stored: object) -> None:
    assert strip_unstorable(value) == stored
