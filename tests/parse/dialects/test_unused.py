from app.parse.dialects.described import read_dialect
from app.parse.outline import outline

DOCUMENT = (
    "# Brief\n\n2026-05-04\n\n## News\n\n- **A**: b [c](https://c.example/c)\n"
    "- **D**: e [f](https://f.example/f)\n\n## House\n\nGist: x\n"
)


def unused(description: str) -> list[str]:
    """Return what the outline says of entries without effect."""
    dialect = read_dialect(f"match.text = '^# Brief'\n{description}", "x.toml")
    lines = outline(DOCUMENT.encode(), "x.md", [dialect]).splitlines()
    return [line.split("UNUSED: ")[1] for line in lines if "UNUSED" in line]


def test_entries_that_match_nothing_are_named() -> None:
    assert unused(
        """
        item.title = 'z(?P<title>.)'
        item.line = 'z(?P<title>.)'
        sections.title = '^== (?P<title>.+)'
        sections.ignore = ["Hose"]
        sections.kinds = {Nws = "market"}
        sources.ignore = ["https://x.example/*"]
        fields.summary = ["Gits"]
        date.pattern = 'Day (?P<y>.)-(?P<m>.)-(?P<d>.)'
        ignore.lines = ['^AD:']
        """
    ) == [
        "item.title: no line matches",
        "item.line: no line matches",
        "sections.title: no line matches",
        "ignore.lines: no line matches '^AD:'",
        "sections.ignore: 'hose' is no heading of the document",
        "sections.kinds: 'nws' is no section of the document",
        "sources.ignore: no link matches 'https://x.example/*'",
        "fields.summary: 'gits' is not in the document",
        "date.pattern: no day matches in the first 4,000 characters",
    ]


def test_entries_with_an_effect_are_not_named() -> None:
    assert not unused(
        """
        item.title = '^- \\*\\*(?P<title>.)'
        sections.ignore = ["House"]
        sections.kinds = {News = "market"}
        sources.ignore = ["https://c.example/*"]
        fields.summary = ["Gist"]
        date.pattern = '^(?P<y>\\d+)-(?P<m>\\d+)-(?P<d>\\d+)'
        ignore.lines = ['^Gist']
        """
    )


def test_a_document_without_a_dialect_is_told() -> None:
    dialect = read_dialect("match.text = '^# Other'", "x.toml")
    assert "no dialect matches" in outline(DOCUMENT.encode(), "x.md", [dialect])
