import numpy as np
import pytest

from app.store.encoding.columns import ITEM, NAMED, pack, unpack


def test_packed_rows_are_unpacked() -> None:
    rows = [(0, 2**32 - 1, 6, 1), (3, 5, 0, 70_000)]
    assert unpack(pack(rows), NAMED).tolist() == [list(row) for row in rows]
    assert unpack(pack([]), ITEM).shape == (0, len(ITEM))
    assert pack([(1,)]) == b"\1\0\0\0"


def test_a_number_beyond_32_bits_is_refused() -> None:
    with pytest.raises(OverflowError):
        pack([(2**32,)])
    assert np.iinfo(unpack(b"", NAMED).dtype).max == 2**32 - 1
