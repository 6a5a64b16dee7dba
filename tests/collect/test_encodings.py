import pytest

from app.collect.encodings import decoded

TEXT = "輝達發布新的語音模型"


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (f"<?xml encoding='iso-8859-1'?>{TEXT}".encode(), "text/xml; charset=us-ascii"),
        (f"<?xml encoding='big5'?>{TEXT}".encode("big5hkscs"), "text/xml"),
        (f"<p>{TEXT}".encode("big5hkscs"), "text/html; charset=Big5"),
        (f"\ufeff{TEXT}".encode(), "text/xml; charset=big5"),
        (TEXT.encode("utf-16"), ""),
    ],
)
def test_wrong_declarations_do_no_harm(data: bytes, media_type: str) -> None:
    assert decoded(data, media_type).endswith(TEXT)


def test_a_narrower_declaration_is_read_as_the_wider_set() -> None:
    # 镕 is in GBK, not in GB 2312.
    assert decoded("<?xml encoding='gb2312'?>朱镕基".encode("gbk")).endswith("朱镕基")


def test_an_unknown_encoding_and_broken_bytes_are_read_anyway() -> None:
    assert "ok" in decoded(b"<?xml encoding='klingon'?>ok \xff\xfe\xff")
