from app.parse.outline import outline


def test_an_outline_names_the_line_of_everything_read() -> None:
    document = (
        "# Brief 2026-05-04\n\n## News\n\n### A title of some length\n\n"
        "Text of the item. [Ledger](https://a.example)\n\n### Another title of some length\n\n"
        "More text. [Gazette](https://b.example)\n"
    )
    text = outline(document.encode(), "x.md")
    assert "2026-05-04 from the heading; en; Brief 2026-05-04" in text
    assert "read as structure" in text
    assert "L3    SECTION headlines: News" in text
    assert "L5      ITEM 1: A title of some length" in text
    assert "L7        source: Ledger https://a.example" in text
