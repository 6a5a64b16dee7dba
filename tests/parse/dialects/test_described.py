import re
from pathlib import Path

import pytest

from app.parse.briefing import parse_briefing
from app.parse.dialects.description import read_dialect
from app.parse.draft import BriefingDraft

DOCS = Path(__file__).parents[3] / "docs" / "dialects.md"


def read(document: str, description: str, name: str = "2026-05-04.md") -> BriefingDraft:
    return parse_briefing(document.encode(), name, dialects=[read_dialect(description, "x.toml")])


def documented(language: str, index: int) -> str:
    pattern = rf"^( *)```{language}\n(.*?)^ *```"
    indent, text = re.findall(pattern, DOCS.read_text(), re.DOTALL | re.MULTILINE)[index]
    return re.sub(rf"^{indent}", "", text, flags=re.MULTILINE)


def test_the_documented_dialect_reads_the_documented_daily() -> None:
    briefing = read(documented("markdown", 0), documented("toml", 0))
    (monday, _) = briefing.body.sections
    assert briefing.dialect == "link-log"
    assert [item.title.text for item in monday.items] == [
        "A map of failures",
        "Notes on tokenizers",
    ]
    assert [item.sources[0].target for item in monday.items] == [
        "https://harbor.example/map",
        "https://lumen.example/notes",
    ]


def test_the_second_documented_dialect_finds_sections_among_bullets() -> None:
    briefing = read(documented("markdown", 1), documented("toml", 1), "dock.md")
    research, harbour = briefing.body.sections
    assert str(briefing.date) == "2026-06-07"
    assert (research.kind, research.title.text) == ("research", "🟥 模型")
    titles = [item.title.text for item in research.items]
    assert titles == ["奧卡三號發布", "視覺頭部變小"]
    levels = [item.importance.level for item in research.items if item.importance]
    assert levels == ["high", "medium"]
    assert research.items[0].sources[0].target == "https://pelagic.example/orca"
    assert not harbour.items
    assert not briefing.coverage.unassigned


def test_the_third_documented_dialect_finds_items_by_their_lines() -> None:
    document = documented("markdown", 2) + "\n>>> [B] Heron raises :: forty million\nand more\n"
    briefing = read(document, documented("toml", 2))
    (section,) = briefing.body.sections
    titles = [item.title.text for item in section.items]
    assert titles == ["Pelagic opens Orca", "Tern Lab shrinks heads", "Heron raises"]
    sources = [source.target for item in section.items for source in item.sources]
    assert sources == ["https://pelagic.example/orca", "https://tern.example/heads"]
    assert [passage.text for passage in section.items[2].summary] == ["forty million\nand more"]
    assert not briefing.coverage.unassigned


def test_the_fourth_documented_dialect_finds_all_it_describes() -> None:
    briefing = read(documented("markdown", 3), documented("toml", 3), "post.md")
    (machines,) = briefing.body.sections
    crane, boat = machines.items
    assert (str(briefing.date), machines.kind) == ("2026-11-28", "research")
    assert [source.label for source in crane.sources] == ["Harbor News", "The Quay"]
    assert [source.label for source in boat.sources] == ["Courier"]
    assert [cell.text for cell in crane.entities] == ["Pelagic", "Tern Lab"]
    assert briefing.tags == ("cranes", "safety")
    levels = [item.importance.level for item in machines.items if item.importance]
    assert levels == ["high", "low"]
    assert not briefing.coverage.unassigned


def test_item_lines_in_ignored_sections_are_no_items() -> None:
    briefing = read(
        "== NEWS ==\n\n> 1) A thing | https://a.example\n> 2) Another | https://b.example\n\n"
        "== HOUSE ==\n\n> 1) Ours | https://c.example\n",
        """
        match.file = "*"
        item.line = '^(?P<title>.+?) \\|'
        sections.title = '^== (?P<title>.+) ==$'
        sections.ignore = ["House"]
        """,
    )
    news, house = briefing.body.sections
    assert [item.title.text for item in news.items] == ["A thing", "Another"]
    assert not house.items


def test_lines_of_a_paragraph_can_be_titles_of_sections() -> None:
    briefing = read(
        "Ledger\n== MONEY ==\n\n■ Heron raises ‖ Courier\nText.\nhttps://courier.example/heron\n\n"
        "■ Grebe is sold ‖ Courier\nText.\nhttps://courier.example/grebe\n\n"
        "== LETTERS ==\n\n■ A letter ‖ us\nText.\n\n■ Another ‖ us\nText.\n",
        """
        [match]
        text = '^Ledger'
        [item]
        marker = "paragraph"
        title = '■ (?P<title>.+) ‖'
        [sections]
        title = '^== (?P<title>.+) ==$'
        ignore = ["Letters"]
        kinds = {Money = "market"}
        """,
    )
    money, letters = briefing.body.sections
    assert (money.kind, money.title.text) == ("market", "MONEY")
    assert [item.title.text for item in money.items] == ["Heron raises", "Grebe is sold"]
    assert not letters.items


@pytest.mark.parametrize(
    ("year", "full"), [("26", "2026"), ("115", "2026"), ("2026", "2026"), ("99", "2099")]
)
def test_a_year_of_two_or_three_digits_is_completed(year: str, full: str) -> None:
    description = "[match]\ntext = '.'\n[date]\npattern = '(?P<y>\\d+)-(?P<m>\\d+)-(?P<d>\\d+)'"
    briefing = read(f"# Brief\n\nNo {year}-05-04\n", description, "x.md")
    assert str(briefing.date) == f"{full}-05-04"


def test_a_marker_level_fields_kinds_and_a_date_pattern() -> None:
    briefing = read(
        "# Brief\n\nNo. 3 of 4/5/2026\n\n## Voices\n\n### Title\n\n**Gist**: text\n\n#### More\n\nx\n",
        """
        [match]
        file = "brief-*.md"
        [item]
        marker = "heading"
        level = 3
        [sections.kinds]
        Voices = "trends"
        [fields]
        summary = ["Gist"]
        [date]
        pattern = 'of (?P<d>\\d+)/(?P<m>\\d+)/(?P<y>\\d{4})'
        """,
        "brief-3.md",
    )
    (section,) = briefing.body.sections
    assert (str(briefing.date), section.kind) == ("2026-05-04", "trends")
    assert [item.title.text for item in section.items] == ["Title"]
    assert [passage.text for passage in section.items[0].summary] == ["text"]


def test_ignored_lines_and_sections_are_no_items() -> None:
    document = "## News\n\n- **A**: b [c](https://c.example)\n- **D**: e [f](https://f.example)\n\nAD: buy\n"
    briefing = read(
        document
        + "\n## Ads\n\n- **G**: h [i](https://i.example)\n- **J**: k [l](https://l.example)\n",
        '[match]\nfile = "*"\n[sections]\nignore = ["Ads"]\n[ignore]\nlines = ["^AD:"]\n',
    )
    news, ads = briefing.body.sections
    assert [item.title.text for item in news.items] == ["A", "D"]
    assert not ads.items
    assert not news.notes


def test_a_dialect_without_a_condition_is_never_taken() -> None:
    assert read("## 甲\n\n乙", 'name = "x"').dialect != "x"


LATE_POST = """THE LATE POST
==============

-- MACHINES --

(Harbor News, https://harbor.example/lift; The Quay, https://quay.example/lift)
[1] A crane learns to wait +++
gist >> It stops for people.
who >> Pelagic, Tern Lab
The crane has three cameras. It was tried for a year.

(Quay, https://quay.example/boat)
[2] A boat steers itself +
topics >> boats, autonomy
mood :: P0
It left the harbour alone.

-- MONEY --

(Courier, https://courier.example/heron)
[3] Heron raises ++
gist >> Forty million.
"""
LATE_POST_DIALECT = """
match.text = '^THE LATE POST'
item.line = '^\\[\\d\\] (?P<title>.+?) (?P<importance>\\++)$'
item.before = '^\\(.*https?://'
sections.title = '^-- (?P<title>[A-Z]+) --$'
fields.summary = ["gist"]
fields.entities = ["who"]
fields.tags = ["topics"]
fields.importance = ["mood"]
fields.separators = [">>", "::"]
importance.high = ["+++", "P0"]
importance.medium = ["++"]
importance.low = ["+"]
"""


def test_lines_above_an_item_belong_to_it() -> None:
    briefing = read(LATE_POST, LATE_POST_DIALECT)
    machines, money = briefing.body.sections
    crane, boat = machines.items
    assert [(source.label, source.target) for source in crane.sources] == [
        ("Harbor News", "https://harbor.example/lift"),
        ("The Quay", "https://quay.example/lift"),
    ]
    assert [source.label for source in boat.sources] == ["Quay"]
    assert [source.label for source in money.items[0].sources] == ["Courier"]
    assert (crane.span.first_line, boat.span.first_line) == (6, 12)
    assert (machines.blurb, money.blurb) == (None, None)
    assert not briefing.coverage.unassigned
    assert not briefing.warnings or briefing.warnings[0].code == "unknown_sections"


def test_sources_above_items_are_warned_of_without_the_key() -> None:
    description = re.sub("(?m)^item.before.*$", "", LATE_POST_DIALECT)
    warnings = read(LATE_POST, description).warnings
    assert [(warning.code, warning.line) for warning in warnings][-1:] == [("links_above_items", 6)]


def test_lines_above_item_headings_belong_to_them() -> None:
    entry = "via {0} https://{0}.example/1\n### The {0} of the matter\n\nSome words.\n\n"
    document = f"## News\n\n{entry.format('heart')}{entry.format('end')}"
    description = "match.file = '*'\nitem.marker = 'heading'\nitem.level = 3\nitem.before = '^via'"
    (section,) = read(document, description).body.sections
    assert [[source.target for source in item.sources] for item in section.items] == [
        ["https://heart.example/1"],
        ["https://end.example/1"],
    ]


def test_marks_are_levels_of_importance_beside_titles_and_in_fields() -> None:
    briefing = read(LATE_POST, LATE_POST_DIALECT)
    crane, boat = briefing.body.sections[0].items
    (heron,) = briefing.body.sections[1].items
    marks = [item.importance for item in (crane, boat, heron)]
    levels = [(mark.label, mark.level) for mark in marks if mark]
    assert levels == [("+++", "high"), ("P0", "high"), ("++", "medium")]
    assert [item.title.text for item in (crane, boat)] == [
        "A crane learns to wait",
        "A boat steers itself",
    ]


def test_fields_end_at_the_separators_of_the_dialect() -> None:
    crane, boat = read(LATE_POST, LATE_POST_DIALECT).body.sections[0].items
    assert [passage.text for passage in crane.summary] == ["It stops for people."]
    assert [cell.text for cell in crane.entities] == ["Pelagic", "Tern Lab"]
    assert [extra.text for extra in crane.extra] == [
        "The crane has three cameras. It was tried for a year."
    ]
    assert [extra.label for extra in boat.extra] == ["topics"]


def test_tags_of_items_are_tags_of_the_briefing_and_no_entities() -> None:
    briefing = read(LATE_POST, LATE_POST_DIALECT)
    assert briefing.tags == ("boats", "autonomy")
    assert not briefing.body.sections[0].items[1].entities


def test_a_space_separates_only_words_of_the_dialect() -> None:
    document = "# Post\n\n[1] A crane waits\nheat !!!\nSummary judgement was given.\n"
    description = (
        "match.file = '*'\nitem.line = '^.1. (?P<title>.+)'\nfields.importance = ['heat']\n"
        "fields.separators = [' ']\nimportance.high = ['!!!']"
    )
    (section,) = read(document, description).body.sections
    importance = section.items[0].importance
    assert importance
    assert (importance.label, importance.level) == ("!!!", "high")
    assert [passage.text for passage in section.items[0].summary] == []


def test_an_importance_in_the_title_of_a_bullet_is_a_level() -> None:
    document = "## News\n\n- 🔥🔥🔥 **A thing**: text [a](https://a.example)\n- 🔥 **B**: [b](https://b.example)\n"
    description = (
        "match.file = '*'\n"
        "item.title = '(?P<importance>🔥+) ..(?P<title>.+?)[*]'\n"
        "importance.high = ['🔥🔥🔥']\nimportance.low = ['🔥']"
    )
    (section,) = read(document, description).body.sections
    levels = [item.importance.level for item in section.items if item.importance]
    assert ([item.title.text for item in section.items], levels) == (
        ["A thing", "B"],
        ["high", "low"],
    )


@pytest.mark.parametrize("month", ["XI", "xi", "11", "Nov", "November", "十一", "11月"])
def test_a_day_in_the_footer_of_a_long_document_is_read(month: str) -> None:
    description = "match.file = '*'\ndate.pattern = '^Closed (?P<d>\\d+) (?P<m>\\S+) (?P<y>\\d+)'"
    document = f"# Post\n\n{'Some words. ' * 500}\n\nClosed 28 {month} 2026\n"
    assert str(read(document, description, "x.md").date) == "2026-11-28"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("令和八年十一月二十八日", "2026-11-28"),
        ("民國一一五年十一月二十八日", "2026-11-28"),
    ],
)
def test_the_era_before_the_year_of_a_pattern_counts(text: str, day: str) -> None:
    description = "match.text = '^# D'\ndate.pattern = '(?P<y>[^年國和]+)年(?P<m>.+)月(?P<d>.+)日'"
    dialect = read_dialect(description, "d.toml")
    assert str(dialect.stated_day("", f"# D\n\n{text}\n").day) == day


def test_a_year_of_one_digit_without_an_era_is_a_fault() -> None:
    dialect = read_dialect("date.pattern = '第(?P<y>.)年(?P<m>.+)月(?P<d>.+)日'", "d.toml")
    stated = dialect.stated_day("", "第八年十一月二日")
    assert stated.day is None
    assert stated.fault.startswith(
        "date.pattern matched '第八年十一月二日', but y='八' is a year of one digit without an era"
    )
