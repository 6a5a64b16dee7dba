from app.parse.dialects.description import read_dialect
from app.parse.outline import outline

DOCUMENT = (
    "# Brief\n\n2026-05-04\n\n## News\n\n- **A**: b [c](https://c.example/c)\n"
    "- **D**: e [f](https://f.example/f)\n\n## House\n\nGist: x\n"
)


def unused(description: str, document: str = DOCUMENT) -> list[str]:
    """Return what the outline says of entries without effect."""
    dialect = read_dialect(f"match.text = '^# Brief'\n{description}", "x.toml")
    lines = outline(document.encode(), "x.md", [dialect]).splitlines()
    return [line.split("UNUSED: ")[1] for line in lines if "UNUSED" in line]


def test_entries_that_match_nothing_are_named() -> None:
    assert unused(
        """
        item.title = 'z(?P<title>.)'
        sections.title = '^== (?P<title>.+)'
        sections.ignore = ["Hose"]
        sections.kinds = {Nws = "market"}
        sources.ignore = ["https://x.example/*"]
        sources.base = "https://x.example/"
        fields.summary = ["Gits"]
        fields.separators = [">>"]
        importance.high = ["!!!"]
        date.pattern = 'Day (?P<y>.)-(?P<m>.)-(?P<d>.)'
        ignore.lines = ['^AD:']
        """
    ) == [
        "item.title: 'z(?P<title>.)' matches no title of an item",
        "sections.title: '^== (?P<title>.+)' matches no section",
        "sections.ignore: 'hose' matches no heading",
        "sections.kinds: 'nws' matches no section",
        "fields.summary: 'gits' matches no field",
        "fields.separators: '>>' matches no field",
        "importance.high: '!!!' matches no importance",
        "ignore.lines: '^AD:' matches no line",
        "sources.ignore: 'https://x.example/*' matches no link",
        "sources.base: 'https://x.example/' matches no relative link",
        "date.pattern: 'Day (?P<y>.)-(?P<m>.)-(?P<d>.)' matches nothing in the file's name, "
        "the first 4,000 and the last 1,000 characters",
    ]


def test_entries_with_an_effect_are_not_named() -> None:
    assert not unused(
        """
        item.title = '^- \\*\\*(?P<title>.)'
        sections.ignore = ["House"]
        sections.kinds = {News = "market"}
        sources.ignore = ["https://c.example/*"]
        date.pattern = '^(?P<y>\\d+)-(?P<m>\\d+)-(?P<d>\\d+)'
        ignore.lines = ['^Gist']
        """
    )


def test_a_word_that_labels_no_field_has_no_effect() -> None:
    assert unused('fields.summary = ["Gist"]') == ["fields.summary: 'gist' matches no field"]


def test_a_title_of_a_line_that_is_no_item_has_no_effect() -> None:
    (sentence,) = unused("item.title = '^Gist: (?P<title>.)'")
    assert sentence.endswith("matches no title of an item")


def test_a_marker_without_items_is_named() -> None:
    assert unused("item.marker = 'callout'") == ["item.marker: 'callout' matches no item"]


def test_a_month_that_is_none_is_named() -> None:
    assert unused(
        "date.pattern = '^(?P<y>\\d+)-0(?P<d>.)-(?P<m>\\d+)'".replace(
            "(?P<m>\\d+)", "(?P<m>[H-Z]+)"
        ),
        DOCUMENT.replace("-04", "-XIV"),
    ) == [
        "date.pattern: '^(?P<y>\\d+)-0(?P<d>.)-(?P<m>[H-Z]+)' matched '2026-05-XIV', "
        "but m='XIV' is no month"
    ]


def test_a_document_without_a_dialect_is_told() -> None:
    dialect = read_dialect("match.text = '^# Other'", "x.toml")
    assert "no dialect matches" in outline(DOCUMENT.encode(), "x.md", [dialect])


def test_a_document_without_a_day_has_an_outline() -> None:
    description = "match.text = '^# Brief'\ndate.pattern = 'of (?P<y>.)(?P<m>.)(?P<d>.)'"
    dialect = read_dialect(description, "odd.toml")
    text = outline(DOCUMENT.replace("2026-05-04", "today").encode(), "x.md", [dialect])
    first, second, *_ = text.splitlines()
    assert first == "no day; en; Brief"
    assert second.startswith("dialect odd matched; items as ")
    assert "ITEM 1: A" in text
    assert "(odd: date.pattern matches nothing in the file's name" in text


def test_without_items_only_the_marker_is_named() -> None:
    entries = """
        item.line = '^\\d\\d | (?P<title>[a-z]+)$'
        fields.summary = ["Gist"]
        importance.high = ["!!!"]
        """
    assert unused(entries, "# Brief\n\n2026-05-04\n\n10 | a tale\n") == [
        "item.line: '^\\d\\d | (?P<title>[a-z]+)$' matches no item; "
        "write '\\|' for a bar of the text"
    ]


def test_a_separator_that_is_missing_is_named() -> None:
    document = "# Brief\n\n2026-05-04\n\n>>> One\n一句话 → words\n\n>>> Two\n一句话 → words\n"
    entries = """
        item.line = '^(?:>>>)? ?(?P<title>One|Two)$'
        fields.summary = ["一句话"]
        """
    assert unused(entries, document) == [
        "fields.summary: '一句话' matches no field; L6 begins with it: "
        "is '→' missing in fields.separators?"
    ]
