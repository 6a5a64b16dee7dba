from itertools import product

import pytest

from app.parse.briefing import parse_text
from app.parse.dialects.description import read_dialect
from app.parse.draft import BriefingDraft, ItemDraft

TITLES = ("A crane waits", "A boat steers", "A quay listens")
LABELS = ("Sources", "**來源**", "### 参考", "資料來源：")
ENTRIES = {
    "1.": "{n}. {name} Post, https://{name}.example/a",
    "[1]": "[{n}] {name} Post, https://{name}.example/a",
    "①": "{circled} {name} Post, https://{name}.example/a",
    "[^1]": "[^{n}]: {name} Post, https://{name}.example/a",
    "- 1.": "{n}. [{name} Post](https://{name}.example/a)",
}
MARKS = {
    "none": "",
    "square": " [{n}]",
    "circled": " {circled}",
    "superscript": "{superscript}",
    "note": "[^{n}]",
}
NAMES = ("crane", "boat", "quay")


def entry(template: str, number: int) -> str:
    """Return the entry or mark of a number."""
    return template.format(
        n=number,
        name=NAMES[number - 1],
        circled=" ①②③"[number],
        superscript=" ¹²³"[number],
    )


def document(label: str, listed: str, cited: tuple[str, ...]) -> str:
    """Return a daily of one section; `cited` is the mark in each item's text."""
    lines = ["# Daily 2026-11-28", "", "## Harbour", ""]
    for title, mark in zip(TITLES, cited, strict=True):
        lines += [f"### {title}", "", f"Words about it that go on{mark}.", ""]
    return "\n".join([*lines, label, "", listed, ""])


def read(text: str) -> BriefingDraft:
    """Return the draft of a document."""
    return parse_text(text, "2026-11-28.md")


def items(draft: BriefingDraft) -> list[ItemDraft]:
    """Return the items of a draft."""
    return [item for section in draft.body.sections for item in section.items]


def named(draft: BriefingDraft) -> list[list[str | None]]:
    """Return the names of each item's sources."""
    return [[source.label for source in item.sources] for item in items(draft)]


@pytest.mark.parametrize(("label", "form", "mark"), [*product(LABELS, ENTRIES, MARKS)])
def test_numbered_sources_reach_their_items(label: str, form: str, mark: str) -> None:
    listed = "\n".join(entry(ENTRIES[form], number) for number in (1, 2, 3))
    cited = tuple(entry(MARKS[mark], number) for number in (1, 2, 3))
    draft = read(document(label, listed, cited))
    assert named(draft) == [["crane Post"], ["boat Post"], ["quay Post"]]
    assert not draft.coverage.unassigned


def test_numbers_count_before_order() -> None:
    listed = "\n".join(entry(ENTRIES["[1]"], number) for number in (1, 2, 3))
    draft = read(document("Sources", listed, (" [3]", " [1, 2]", "")))
    assert named(draft) == [["quay Post"], ["crane Post", "boat Post"], []]


def test_entries_that_nothing_cites_stay_on_the_section_with_a_warning() -> None:
    listed = "\n".join(entry(ENTRIES["[1]"], number) for number in (1, 2))
    text = document("Sources", listed, ("", "", ""))
    dialect = read_dialect("match.text = '^# Daily'\nitem.marker = 'heading'", "daily.toml")
    draft = parse_text(text, dialects=[dialect])
    assert named(draft) == [[], [], []]
    notes = [note.text for note in draft.body.sections[0].notes]
    assert notes == [
        "[1] crane Post, https://crane.example/a",
        "[2] boat Post, https://boat.example/a",
    ]
    assert [warning.text for warning in draft.warnings if warning.code == "piled_sources"] == [
        "3 of 3 items have no source; L19–L20 belong to no item of their section: "
        "cite them in the items' text as [n]."
    ]


def test_the_list_of_a_single_item_stays_its_field() -> None:
    lists = "**Sources**\n\n1. [X](https://x{0}.example/a)\n2. [Y](https://y{0}.example/b)\n"
    parts = [f"### {title}\n\nWords.\n\n{lists.format(i)}" for i, title in enumerate(TITLES)]
    draft = read("# Daily\n\n## Harbour\n\n" + "\n".join(parts))
    assert [len(item.sources) for item in items(draft)] == [2, 2, 2]


def test_a_list_inside_a_code_block_is_text() -> None:
    listed = "\n".join(entry(ENTRIES["1."], number) for number in (1, 2, 3))
    draft = read(document("```", f"Sources\n{listed}\n```", ("", "", "")))
    assert ["crane Post"] not in named(draft)
